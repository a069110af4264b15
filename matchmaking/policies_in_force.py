"""The policy book of the present app, apart from `handed_over`, which knows the whole context."""

from kernel.web.policies.in_force import policy_book as policy_book
