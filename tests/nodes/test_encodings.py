"""In which encoding a text is: 480 short texts of twelve languages in the encodings that people's files come in."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from flowdesk.model.errors import NodeError
from flowdesk.nodes.tabular.encodings import decode, find_encoding
from flowdesk.nodes.tabular.files import add_rows

FOLDER = Path(__file__).parent.parent / "data" / "encodings"
USUAL = {
    "de": ["cp1252"], "fr": ["cp1252"], "es": ["cp1252"], "pl": ["cp1250", "iso8859_2"], "cs": ["cp1250"],
    "ru": ["cp1251", "koi8_r", "cp866"], "ja": ["cp932"], "zh_tw": ["big5"], "zh_cn": ["gb18030"], "ko": ["cp949"],
    "el": ["cp1253"], "tr": ["cp1254"],
}  # fmt: skip
RARE = {"de": ["cp850", "mac_roman"], "fr": ["cp850"], "ja": ["euc_jp"]}


def texts(language: str) -> list[str]:
    lines = (FOLDER / f"{language}.txt").read_text("utf-8").splitlines()
    return [*lines, *("\r\n".join(lines[place : place + 4]) + "\r\n" for place in range(0, len(lines), 3))]


def cases(which: dict[str, list[str]]) -> Iterator[tuple[str, str, bytes]]:
    for language, encodings in which.items():
        for text in texts(language):
            for encoding in encodings:
                try:
                    content = text.encode(encoding)
                except UnicodeEncodeError:
                    continue
                if not content.isascii():
                    yield encoding, text, content


def outcomes(which: dict[str, list[str]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for _, text, content in cases(which):
        try:
            found["right" if decode(content)[0] == text else "wrong"] += 1
        except NodeError:
            found["asked"] += 1
    return found


def test_usual_encodings_are_never_taken_for_others_and_seldom_asked_for() -> None:
    found = outcomes(USUAL)
    assert found.total() > 200
    assert found["wrong"] == 0
    assert found["asked"] <= found.total() * 0.08


def test_rare_encodings_are_mostly_right_or_asked_for_in_a_line_and_always_in_four() -> None:
    found = outcomes(RARE)
    assert found["wrong"] <= found.total() * 0.2


def test_unicode_is_known_by_its_mark_or_by_being_valid() -> None:
    for language in USUAL:
        for text in texts(language):
            for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32"):
                assert decode(text.encode(encoding))[0] == text
            if len(text) > 30:
                assert decode(("id;name\r\n1;x\r\n" + text).encode("utf-16-le"))[0].endswith(text)


def test_doubt_shows_both_readings_of_a_line() -> None:
    with pytest.raises(NodeError, match=r'"Úèet" in cp1252|"Účet" in cp1250') as caught:
        find_encoding("a;b\r\nÚčet\r\n".encode("cp1250"))
    assert set(caught.value.details["encodings"]) == {"cp1250", "cp1252"}


def test_what_is_named_counts() -> None:
    assert decode("Úèet".encode("cp1252"), "cp1250")[0] == "Účet"
    with pytest.raises(NodeError, match="line 2"):
        decode(b"a\n\xff\xfe\xfd", "utf-8")
    with pytest.raises(NodeError, match="Unknown encoding"):
        decode(b"a", "cp9999")


def test_pictures_are_not_text() -> None:
    with pytest.raises(NodeError):
        decode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01")


@pytest.mark.parametrize("content", [b"a,b\n1,x\0y\n", "名,b\n1,\0\0y\n".encode(), b"log line\0\0\0\0\nnext line 2\n"])
def test_a_text_with_zeros_in_it_is_not_read_in_twos(content: bytes) -> None:
    with pytest.raises(NodeError, match="not text"):
        find_encoding(content)
    assert decode(content, "utf-8")[0] == content.decode()


def test_mail_from_japan_is_known_by_its_escapes() -> None:
    assert decode("注文 42\r\n".encode("iso2022_jp"))[0] == "注文 42\r\n"


def test_two_ideographs_are_asked_for_where_two_readings_are_likely() -> None:
    with pytest.raises(NodeError, match="ambiguous"):
        decode("订单".encode("gbk"))
    assert decode("张三".encode("gbk"))[0] == "张三"


@pytest.mark.parametrize(
    "text",
    [
        "なまえ,ねだん\nさくら,100\nひまわり,200\n",
        "ナマエ,ネダン\nタロウ,100\n",
        "ID,メモ\n1,テスト\n",
        "a;ー\n1;カード\n2;すし\n",
    ],
)
def test_kana_alone_is_japanese(text: str) -> None:
    found, encoding = decode(text.encode("cp932"))
    assert (found, encoding.name) == (text, "cp932")


def test_narrow_kana_alone_are_asked_about_and_not_taken_for_other_letters() -> None:
    for text in ("ﾅﾏｴ,ﾈﾀﾞﾝ\nﾀﾛｳ,100\nﾊﾅｺ,200\n", "ﾌﾘｺﾐ,ｶ)ﾔﾏﾀﾞ\n", "ﾃｽﾄ\n"):
        with pytest.raises(NodeError, match="ambiguous") as asked:
            decode(text.encode("cp932"))
        assert "cp932" in asked.value.details["encodings"]
    russian = "имя;цена\nшуба;100\nмышь;200\nещё;7\n"
    assert decode(russian.encode("koi8_r"))[0] == russian


def test_letters_that_two_likely_encodings_write_otherwise_are_asked_about(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    before = '"name";"No. 1";"d"\n"Müller";1,5;2024-03-05\n"O\'Neil, ""Bob""";1e+06;2024-03-07\n'.encode("cp1252")
    path.write_bytes(before)
    assert decode(before)[1].name == "cp1252"  # cp1250 reads the same, and is less usual
    add_rows(path, [{"name": "Jürgen é €", "No. 1": 2, "d": ""}], ())
    wider = path.read_bytes()
    assert wider == before + "Jürgen é €;2;\n".encode("cp1252")
    with pytest.raises(NodeError, match="not the same in both") as asked:
        add_rows(path, [{"name": "Peña"}], ())
    assert asked.value.details["encodings"] == ["cp1252", "cp1250"]
    assert path.read_bytes() == wider
    add_rows(path, [{"name": "Peña"}], (), encoding="cp1252")
    assert path.read_bytes() == wider + b"Pe\xf1a;;\n"
    assert decode(path.read_bytes(), "cp1252")[0].endswith("Peña;;\n")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("law,fine\r\n§ 5,10\r\n§ 12,20\r\n", "cp1252"),
        ("copyright\r\n© 2026\r\n", "cp1252"),
        ("id,name\r\n1,5 €\r\n2,x\r\n", "cp1252"),
        ("x\r\n×\r\n", "gbk"),
        ("x\r\n5㎡\r\n", "gbk"),
        ("a\r\nשלום\r\n", "cp1255"),
        ("a\r\nמעטפת\r\n", "cp1255"),
        ("a\r\nŽemaitė\r\n", "cp1257"),
        ("a\r\nMäära kas menüüriba\r\nbaškiiri\r\n", "cp1257"),
        ("a\r\nPasirinkite Kurią Kalbą naudoti\r\nJuodraštis\r\n", "cp1257"),
        ("a\r\nเชื่อมต่อไปยังบัส\r\nนะฮะ\r\n", "cp874"),
    ],
)
def test_what_next_to_nothing_tells_is_asked_for_and_not_read_as_something_else(text: str, encoding: str) -> None:
    try:
        assert decode(text.encode(encoding))[0] == text
    except NodeError as error:
        assert "ambiguous" in error.message  # noqa: PT017


@pytest.mark.parametrize(
    "text",
    ["n\r\n5 °C\r\n", "n\r\ncafé\r\n", "n\r\nß\r\n", "n\r\nñ\r\n", "nafn\r\nÞórður\r\nSigríður Ámundadóttir\r\n"],
)
def test_a_letter_of_western_europe_is_read(text: str) -> None:
    assert decode(text.encode("cp1252"))[0] == text
