"""The closed lists of codes that products and requests are written in, with their labels. Order is the order of bits."""

from kernel import regions
from kernel.bilingual import Text

GUARANTEE_KINDS = {
    "credit": Text("信用", "unsecured credit"),
    "mortgage": Text("抵押", "mortgage"),
    "pledge": Text("质押", "pledge"),
    "surety": Text("保证", "surety"),
    "guarantor": Text("担保公司", "guarantee company"),
}
PURPOSES = {
    "working_capital": Text("流动资金", "working capital"),
    "equipment": Text("购置设备", "equipment"),
    "expansion": Text("扩大生产", "expansion"),
    "procurement": Text("采购", "procurement"),
    "other": Text("其他", "other"),
}
TAGS = {
    "specialised": Text("专精特新", "specialised firm"),
    "little_giant": Text("小巨人", "little giant"),
    "pool": Text("培育库企业", "pool firm"),
    "reached_scale": Text("首次小升规", "first reached scale"),
    "individual_business": Text("个体工商户", "individual business"),
    "trade": Text("商贸", "trade"),
    "first_loan": Text("首贷", "first loan"),
    "procurement_contract": Text("政府采购合同", "procurement contract"),
    "credit_platform": Text("信易贷", "credit platform"),
}
SIZES = {
    "micro": Text("微型", "micro"),
    "small": Text("小型", "small"),
    "medium": Text("中型", "medium"),
    "large": Text("大型", "large"),
    "individual_business": Text("个体工商户", "individual business"),
}
SECTIONS = {
    "A": Text("农林牧渔", "agriculture"),
    "B": Text("采矿", "mining"),
    "C": Text("制造", "manufacturing"),
    "D": Text("电热燃水", "utilities"),
    "E": Text("建筑", "construction"),
    "F": Text("批发零售", "wholesale and retail"),
    "G": Text("交通仓储邮政", "transport and storage"),
    "H": Text("住宿餐饮", "accommodation and catering"),
    "I": Text("信息软件", "information and software"),
    "J": Text("金融", "finance"),
    "K": Text("房地产", "real estate"),
    "L": Text("租赁商务", "leasing and business services"),
    "M": Text("科研", "research"),
    "N": Text("水利环境", "water and environment"),
    "O": Text("居民服务", "resident services"),
    "P": Text("教育", "education"),
    "Q": Text("卫生", "health"),
    "R": Text("文体娱", "culture and sport"),
    "S": Text("公共管理", "public administration"),
    "T": Text("国际组织", "international organisations"),
}
REGIONS = {region.code: region.name for region in (*regions.REGIONS, regions.OUTSIDE)}
