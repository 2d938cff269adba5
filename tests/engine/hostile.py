"""Expressions of somebody who wants out, or wants the machine to stand still."""

_NAMES = (
    "__class__", "__mro__", "__subclasses__", "__globals__", "__init__", "__builtins__", "__dict__", "__import__",
    "func_globals", "gi_frame", "cr_frame", "f_back", "mro", "_module", "format", "format_map", "join", "decode",
)  # fmt: skip
_HOLDERS = ('""', "[]", "{}", "1", "text", "rows", "rows[0]", "none", "true", "now", "upper")
_LARGE = '(text|replace("a", text))'

HOSTILE: tuple[str, ...] = (
    *(f"{holder}.{name}" for holder in _HOLDERS[:8] for name in _NAMES[:10]),
    *(f'{holder}["{name}"]' for holder in _HOLDERS for name in _NAMES[:4]),
    *(f"{holder}.{name}()" for holder in _HOLDERS[:4] for name in ("upper", "format", "mro", "__class__")),
    *(f"text|{name}" for name in ("attr('x')", "xmlattr", "pprint", "safe", "forceescape", "random", "tojson", "filesizeformat", "urlize", "wordwrap", "indent(9999999)", "center(999999999)", "batch(1)", "slice", "select", "reject", "selectattr('x')", "groupby('x')", "striptags", "dictsort", "eval", "exec", "open", "__import__")),
    *(f"{name}()" for name in ("range", "lipsum", "dict", "cycler", "joiner", "namespace", "open", "eval", "exec", "self", "super", "caller", "loop", "config", "request", "get_flashed_messages", "url_for", "import", "getattr", "vars", "globals", "print", "exit")),
    "range(10**9)", "range(1000000000)", "2 ** 100000", "9 ** 9 ** 9", '"a" * 1000000000', "1000000000 * text", "[0] * 1000000000",
    "[0, 0] * rows", '"%s" % text', '"%1000000000d" % 3', '"%c" % 1114111', "text % rows", "text ~ text ~ text ~ text ~ text ~ text ~ text",
    f"{_LARGE}|replace('a', {_LARGE})", f"{_LARGE}|length", "text|split('a')|join(text)", "text|list|join(text)", "text|list|map('replace', 'a', text)",
    "text|list|map('upper')|map('lower')|map('title')|join|list|sort|unique|length", "[text, text, text]|join(text)", "[[text, text], [text, text]]|string",
    "big|sort", "big|sort|sort|sort|sort|sort|sort", "big|unique|sort|reverse", "big + big + big + big + big + big", "big|map('string')|join(text)",
    "big|group(0)", "big|map('list')", "[big, big, big, big]|flatten", "[[[[big]]]]|flatten(20)", "big|to_json(8)", "[big, big, big, big, big, big, big, big]|to_json",
    "[big, big] == [big, big]", "big == big and big == big and big == big", "big in [big, big, big]", "999999 in big and 999998 in big and 999997 in big", "big|where('x', 'matches', '(a+)+$')",
    "text|regex_find('(a+)+$')", "text|regex_find('(a|aa)+b')", "text|regex_find('(.*)*x')", "text|regex_find('^(([a-z])+.)+[A-Z]([a-z])+$')", "text|regex_findall('')", "text|regex_findall('a*?')",
    "text|regex_findall('(?=(a*))')", "text|regex_replace('', text)", "text|regex_replace('a', 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb')", "text|regex_replace('(a*)', '\\\\1\\\\1\\\\1\\\\1\\\\1\\\\1\\\\1\\\\1')",
    "text|regex_find('a{1000000}')", "text|regex_find('(a{1000}){1000}')", "text|regex_find('((a{50}){50}){50}')", "text|regex_find('(?:a?){100}a{100}')", "text|regex_find('(' ~ 'a|' ~ 'b)')",
    "text|regex_find('(?R)')", "text|regex_find('(a(?1)?b)')", "text|regex_find('(?:foo){e<=500}')", "text|regex_find('(?b)(?:aaaa){i<=3,d<=3,s<=3,e<=9}')", "text|regex_find('(?P<n>a)(?P=n)*$x')", "text|regex_find('[')", "text|regex_find('(?<n')",
    "text|regex_find(text)", "text|regex_find('\\\\p{L}+$x')", "text|regex_find('(?i)[a-z]+[0-9]')", "text|regex_find('a', 99)", "text|regex_find('a', 'n')", "text|regex_find('(?<=a{1,999})b')", "text|regex_matches('(?>a+)b|(a+)+c')",
    "3|format('1000000000d')", "3|format('.1000000000f')", "3|format('0999999d')", "3|format(999999999)", "3|format('n')", "3|format('{0.__class__}')", "1e300|format(15)", "1e300|format('.100f')", "3|round(999999999)", "3|round(-999999999)", "1e300|round(15)",
    "text|pad(999999999)", "text|pad(-5)", "3|pad(1001)", "text|truncate(-1)", "text|truncate(999999999999)", "text|slice(-99999999999999999999)", "text[::0]", "text[::-1]", "text[9999999999999999999999:]", "big[::1]", "rows['x':'y']", "text['a']", "rows[1.5]", "rows[none]", "rows[rows]", "rows[1e300]", "{}[{}]", "{rows: 1}", "{none: 1}",
    "1e308 * 10", "1e999", "-1e999", "9" * 300, "9" * 400, "9" * 3900, f"{'9' * 290} * {'9' * 290}", f"{'9' * 290} * {'9' * 290} * {'9' * 290}", "1 / 0", "1 // 0", "1 % 0", "0.0 / 0", "1 % 1e-300", "1e300 // 1e-300", "1e-300 / 1e300", "-0.0", "1e-320",
    "now('../../etc/passwd')", "now('/etc/localtime')", "now('localtime')", "now('posixrules')", "now(text)", "now('+99:99')", "now(1)", "now(none, none)", "today()|add(999999999, 'years')", "today()|add(-999999999, 'days')", "today()|add(1e300, 'hours')", "today()|add(0.5, 'days')", "'0001-01-01'|add(-1)", "'9999-12-31T23:59:59'|add(1, 'second')",
    "'9999-12-31T23:59:59+00:00'|zone('Asia/Tokyo')", "'0001-01-01T00:00:00'|zone('Asia/Tokyo')", "today()|date('%1000000000Y')", "today()|date('%-999999d')", "today()|date('%q')", "today()|date(text)", "today()|date('%')", "text|parse_date('%d' ~ text)", "text|parse_date(text)", "'1'|parse_date('%d%d')", "'1'|parse_date('((((')", "today()|diff(text)", "today()|diff(today(), 'fortnights')",
    "'[' * 100", "deep|from_json", "('[' ~ text)|from_json", "'{\"a\": 1e999}'|from_json", "'NaN'|from_json", "'[1e400]'|from_json", "text|from_json", "rows|to_json|from_json|to_json|from_json", "wide|from_json", "bad|from_json",
    "(" * 200 + "1" + ")" * 200, "[" * 200 + "]" * 200, "-" * 1000 + "1", "not " * 900 + "1", "1" + "+1" * 1500, "text" + "|upper" * 500, "text" + "~text" * 700, "rows" + "[0]" * 900, "1" + " if 1 else 1" * 300, "1" + " and 1" * 500, "1" + " == 1" * 500, "[" + "1," * 1900 + "]", "{" + "1:1," * 900 + "}", "f(" * 100 + ")" * 100, "a" * 4001, '"' + "x" * 3990 + '"',
    "text is sameas(text)", "text is callable", "text is filter", "text is test", "text is divisibleby(0)", "1 is divisibleby(0)", "rows is iterable", "x is defined(1)", "text|upper(1, 2)", "text|upper(value=1)", "text|replace(old='a')", "text|replace('a', 'b', 1, 2)", "upper(*rows)", "upper(**rows[0])", "upper", "upper.run", "value(1)", "map(rows, 'map', 'map')", "rows|map('map', 'map')", "rows|map('sort')", "[rows, rows]|map('map', 'n')",
    "text|default(text|default(text))", "nothing|default(nothing)", "nothing.at.all|default(1)", "nothing[0][1]|default('')", "nothing + 1", "-nothing", "nothing()", "[nothing]", "{'a': nothing}", "nothing ~ ''", "nothing == nothing", "nothing in rows", "rows|where(nothing)", "nothing if nothing else nothing",
    "{% for x in rows %}", "{{ text }}", "{# #}", "1; 2", "x = 1", "lambda: 1", "[x for x in rows]", "(x := 1)", "import os", "text\nimport os", "#", "\\", "\x00", "\ud800", "'\\ud800'", "'\\N{BULLET}'", "'\\x00'", "'\\777'", "'\\U0010ffff'", "'\\U99999999'", "1__0", "0x10", "0b1", "1_000", "１ + 1", "a\u202eb", "text!r", "text@text", "text->text", "...", "text ?? 1", "a ? b : c", "$x", "`x`", "text &and text",
    "rows|map('o.__class__.__mro__')", "rows|map('__class__')", "text|pad(1000)|pad(1000)", "big|map('string')|map('pad', 1000)|map('pad', 1000)|join|length", "text|list|map('replace', 'a', text)|join",
    "big|map('format', '0>1000')|join|length", "big|map('split', '1')|flatten|sort|unique|length", "text|regex_find('\\\\L<words>')", "text|regex_find('(?P>a)(?P<a>a)')", "text|regex_find('(*SKIP)(*FAIL)')", "text|regex_find('\\\\X+b')",
    "text|regex_find('(?=(a+))\\\\1b')", "text|regex_find('(a{1,100}){1,100}b')", "text|regex_find('(?<!a{1,1000})b')", "text|regex_find('(?s)(?w)(?f).+ß')", "big|map('regex_find', '(1|11)*(2|22)*Z')", "rows|where('who', 'matches', '(x+x+)+y')",
    "3|format('0>999999')", "3|format('é<1000')", "'{0.__class__}'|format(1)", "('[' ~ text ~ ']')|from_json", "'\"\\\\ud800\"'|from_json", "'{\"__proto__\": 1}'|from_json", "'[1e999]'|from_json|to_json", "random(-1e300, 1e300)", "random(1, 10, 300)",
    "big[1:5:0]", "text[text]", "rows[true]", "rows[0.0]", "rows|where('n', '>')", "[[big, big], [big, big]]|flatten(20)|sort", "big|group(big)", "rows|sort('who')|sort('n')|group('who')|to_json|from_json|to_json",
    "now('Asia/../Asia/Tokyo')", "now('Etc/GMT+99')", "now('\\x00')", "today()|date('%E%O%Y')", "today()|date('%-%')", "'99999-01-01'|date('%Y')", "a?.b", "x ?? y", "f\"{text}\"", "rows[0]()", "a()()", "'it''s'", "1 is sameas 1",
)  # fmt: skip
