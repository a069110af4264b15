"""Routes that are found at once and built late."""

from collections.abc import Callable

from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


class LateRule(Rule):
    """A route that compiles the builder of its addresses when one is first built.

    Of six hundred routes a process builds addresses of some dozens, and compiling all of them took more than half of the time in
    which the app was made: at every start, and at every command that needs it.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Builder:
        compile_now, compiled = super()._compile_builder, list[Builder]()

        def build(rule: Rule, /, **values: object) -> tuple[str, str]:
            if not compiled:
                compiled.append(compile_now(append_unknown))
            return compiled[0](rule, **values)

        return build
