"""The closed lists of returns: English codes, and the Chinese labels by which institutions may write them."""

from dataclasses import dataclass

from kernel.bilingual import Text


@dataclass(frozen=True)
class Choice:
    """One code, its label, and other accepted spellings."""

    code: str
    label: Text
    aliases: tuple[str, ...] = ()

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every accepted spelling, in lower case as they are compared."""
        return tuple(dict.fromkeys(text.lower() for text in (self.code, self.label.zh, *self.aliases)))


def _choice(code: str, zh: str, en: str, *aliases: str) -> Choice:
    return Choice(code, Text(zh, en), aliases)


BORROWER_KINDS = (
    _choice("small", "小型企业", "small firm"),
    _choice("micro", "微型企业", "micro firm"),
    _choice("individual_business", "个体工商户", "individual business"),
    _choice("owner", "小微企业主", "owner of a small or micro firm"),
    _choice("medium", "中型企业", "medium firm"),
    _choice("large", "大型企业", "large firm"),
    _choice("other", "其他", "other"),
)

# GB/T 2260; 410471 and 410472 are the service's own codes of the two development zones (domain §1).
REGIONS = (
    _choice("410402", "新华区", "Xinhua"),
    _choice("410403", "卫东区", "Weidong"),
    _choice("410404", "石龙区", "Shilong"),
    _choice("410411", "湛河区", "Zhanhe"),
    _choice("410421", "宝丰县", "Baofeng"),
    _choice("410422", "叶县", "Ye"),
    _choice("410423", "鲁山县", "Lushan"),
    _choice("410425", "郏县", "Jia"),
    _choice("410471", "高新区", "High-tech Zone"),
    _choice("410472", "城乡一体化示范区", "Demonstration Zone", "示范区"),
    _choice("410481", "舞钢市", "Wugang"),
    _choice("410482", "汝州市", "Ruzhou"),
    _choice("outside", "市外", "outside the city"),
)

GUARANTEE_KINDS = (
    _choice("credit", "信用", "unsecured"),
    _choice("mortgage", "抵押", "mortgage"),
    _choice("pledge", "质押", "pledge"),
    _choice("surety", "保证", "surety"),
    _choice("guarantor", "担保公司", "guarantee company"),
)

CLASSIFICATIONS = (
    _choice("normal", "正常", "normal"),
    _choice("special_mention", "关注", "special mention"),
    _choice("substandard", "次级", "substandard"),
    _choice("doubtful", "可疑", "doubtful"),
    _choice("loss", "损失", "loss"),
)

PURPOSES = (
    _choice("operating", "经营", "operating"),
    _choice("consumption", "消费", "consumption"),
)

PRODUCT_KINDS = (
    _choice("loan", "贷款", "loan"),
    _choice("bill_discount", "贴现", "bill discount"),
    _choice("card_overdraft", "信用卡透支", "card overdraft"),
    _choice("purchased", "受让贷款", "purchased loan"),
)

EVENT_KINDS = (
    _choice("repayment", "还款", "repayment", "部分还款", "归还本金"),
    _choice("fee_refund", "退费", "fee refund", "退还担保费", "担保费退还"),
)

YES_NO = (
    _choice("1", "是", "yes", "Y", "true"),
    _choice("0", "否", "no", "N", "false"),
)

# ISO 4217, currencies in use; metals, funds and test codes are no loan currencies.
_IN_USE = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP
    CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF
    IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK
    MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR
    SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS
    VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWL
"""
CURRENCIES = tuple(_IN_USE.split())
