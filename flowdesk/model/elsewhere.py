"""What people know from Excel, Power Automate, n8n, JavaScript and Jinja, and how it is written in an expression. Pure."""

import difflib
import re
from collections.abc import Iterable

from flowdesk.model.sentence import Sentence, say

WRITTEN = {
    '"a" if n > 3 else "b"': "if iff iif switch choose 如果 判断",
    "n > 3 and n < 9": "and 且 并且",
    "n > 3 or n < 1": "or 或 或者",
    "not n": "not 非",
    "first ~ last": "concat concatenate textjoin strcat 连接 拼接 合并",
    "value|slice(0, 2)": "left substr substring 左侧 截取",
    "value|slice(-2)": "right 右侧",
    "value|slice(2, 5)": "mid 中间",
    "value|length": "len length size strlen counta rows wordcount 长度 计数 个数",
    "value|upper": "upper ucase toupper touppercase uppercase 大写",
    "value|lower": "lower lcase tolower tolowercase lowercase 小写",
    "value|title": "proper",
    "value|trim": "trim clean strip ltrim rtrim striptags 去空格",
    'value|replace("a", "b")': "substitute replaceall 替换",
    'value|split(",")': "split textsplit 拆分",
    'list|join(", ")': "join implode",
    'value|pad(5, "0")': "zfill padstart padend rept center ljust rjust lpad rpad 补零",
    "list|sum": "sum total 求和",
    "(list|sum) / (list|length)": "average avg mean 平均 平均值",
    "list|max": "max 最大 最大值",
    "list|min": "min 最小 最小值",
    "value|round(2)": "round rounddown roundup tofixed fixed mround trunc floor ceil ceiling 四舍五入",
    "value|abs": "abs 绝对值",
    "value|int": "int integer parseint cint",
    "value|number": "number value parsefloat numbervalue val cdbl tonumber 数字",
    "value|string": "str tostring cstr text_of",
    'value|format(2, "en", "EUR")': "currency dollar money formatnumber numberformat 货币",
    'value|format(".2f")': "text printf sprintf",
    "now()": "now currenttime datetime new 现在",
    'now("UTC")': "utcnow getutcdate",
    "today()": "today curdate currentdate 今天",
    'value|date("%d.%m.%Y")': "formatdatetime strftime dateformat toformat formatdate datestr 日期",
    "value|parse_date": "datevalue strptime todate parsedatetime cdate",
    'value|add(1, "days")': "adddays addhours addminutes addseconds addtotime dateadd edate add_days plus timedelta",
    'value|diff(other, "days")': "datedif datediff dateserial datedifference days",
    'value|date("%Y")|int': "year month day hour minute second 年 月 日",
    "value|weekday": "weekday dayofweek",
    'list|where("name", ">", 3)': "filter selectattr rejectattr select reject countif sumif averageif countifs sumifs 筛选",
    '(rows|where("name", "Li")|first).price': "vlookup hlookup xlookup lookup index find_row 查找",
    'list|group("name")': "groupby group_by",
    "list|sort": "sorted orderby sortby dictsort 排序",
    "list|unique": "distinct union 去重",
    "value|first": "head",
    '"b" in value': "contains includes search find indexof isin 包含",
    'value|starts_with("a")': "startswith",
    'value|ends_with("a")': "endswith",
    "value is empty": "isempty isblank empty isnull isnullorempty",
    'value|default("none")': "coalesce iferror ifnull ifempty nvl isnone default_value",
    "value == 3": "equals eq equal",
    "value > 3": "greater less greaterorequals lessorequals gt lt",
    "value|from_json": "json parse fromjson parsejson json_parse",
    "value|to_json": "tojson stringify json_encode dumps",
    'value|regex_find("[0-9]+")': "regex_search regex regexextract match regexmatch extract",
    'value|regex_matches("[0-9]+")': "test regex_match",
    'value|regex_replace("a", "b")': "regexreplace",
    "object|keys": "items keys",
    "item.name": "variables outputs body triggerbody parameters 变量",
    "random(1, 6)": "rand randbetween randint 随机",
}
"""Expressions of ours, each with the names that other tools have for it."""
_NAMES = {name: ours for ours, names in WRITTEN.items() for name in names.split()}
VALUES = {
    "true": "true",
    "false": "false",
    "null": "none",
    "nil": "none",
    "undefined": "none",
    "nothing": "none",
    "na": "none",
    "真": "true",
    "假": "false",
    "空": "none",
}
"""Names of values, and what stands for them here."""
_SIGNS: tuple[tuple[str, Sentence], ...] = (
    (r"&&", say("Write and instead of &&.")),
    (r"&", say("Join texts with ~ instead of &.")),
    (r"\?\?|\?[.\[]", say('Write value|default("x") for a value that may be missing.')),
    (r"\?", say('Write "a" if test else "b" instead of test ? "a" : "b".')),
    (r"!(?!=)", say("Write not instead of !.")),
    (r"\^", say("Powers are not supported. Multiply instead: n * n.")),
    (r"[“”‘’「」]", say('Use straight quotes: "text".')),
    (r"[＋－×÷＊／＝＞＜（）［］｛｝，：；！％｜～．＆？]", say("Use half-width signs such as + - * / = > < ( ) ,")),
    (r"\$|@\{", say("Name the variable or the node's ID without signs: readTable.rows.")),
    (r"`", say('Use straight quotes, and join texts with ~: "a" ~ name.')),
    (r"#", say("Comments are not possible here. Use the note of the node.")),
    (r"\\", say("Put texts in quotes.")),
)
"""Signs that end the reading where they stand, and what to write instead."""
_RESTS: tuple[tuple[str, Sentence], ...] = (
    (r"=", say("Write == to compare.")),
    (r">", say("Write != instead of <>.")),
    (r"\|", say("Write or instead of ||.")),
    (r"AND\b|OR\b|NOT\b", say("Write and, or, not in lowercase.")),
    (r"between\b", say("Write 1 <= n <= 5.")),
    (r"[\[(]", say('Put brackets around what is before it: (name|split("-"))[2].')),
    (r",\d", say("Write numbers without thousands separators, and with a decimal point: 1000.50.")),
    (r"%\s*$", say("Divide by 100 instead: price * 10 / 100.")),
    (r"\"|'", say('Join texts with ~: "a" ~ name.')),
)
"""What may stand where an expression should have ended, and what to write instead."""


def written_here(name: str, known: Iterable[str]) -> Sentence | None:
    """Return what to write instead of a function that does not exist, ``None`` where nothing comes near.

    Args:
        name: The name of the function or filter.
        known: The names of those that exist.
    """
    names = list(known)
    head, _, part = name.partition(".")
    if part and head in names:
        return say("Put brackets around the filter: (value|{name}).{part}.", name=head, part=part)
    plain = name.casefold().rsplit(".", 1)[-1]
    if plain in names and plain != name:
        return say('Did you mean "{word}"?', word=plain)
    if plain in _NAMES:
        return say("Write {example} instead.", example=_NAMES[plain])
    near = difflib.get_close_matches(plain[:100], names, n=1)
    return say('Did you mean "{word}"?', word=near[0]) if near else None


def instead_of(rest: str, before: str) -> Sentence | None:
    """Return what to write instead of what cannot be read.

    Args:
        rest: The expression from where it cannot be read.
        before: What stands before that.
    """
    for pattern, fix in _SIGNS:
        if re.match(pattern, rest):
            return fix
    if rest.startswith("%") and before.rstrip().endswith("{"):
        return say("Only expressions are possible, no statements. Use a Condition or Loop node.")
    if rest.startswith(">") and before.endswith("="):
        return say("Functions of your own are not possible. Use map, where, or a Script node.")
    if rest[:1] in ("'", '"') and rest[:1] not in rest[1:]:
        return say("Close the quote.")
    if re.search(r"(?:^|[^<>=!])=$", before.rstrip()) or rest.startswith("=="):
        return say("Write == to compare.")
    if not before.strip():
        return None
    return next((fix for pattern, fix in _RESTS if re.match(pattern, rest)), None)
