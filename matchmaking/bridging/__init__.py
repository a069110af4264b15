"""The bridging fund 应急转贷资金: pools of city and counties that pay a firm's old loan until its bank lends anew (domain §9)."""
