"""The whitelist 企业白名单: from nomination to removal, with notices, objections, appeals, and what banks receive."""
