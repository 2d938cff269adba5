import json

from flowdesk.i18n import set_language, tr
from flowdesk.model.sentence import Sentence, midway, packed, phrase, said_as, say, unpacked


def test_titles_in_the_middle_of_a_sentence() -> None:
    assert midway("Similarity") == "similarity"
    assert midway("OCR") == "OCR"
    set_language("zh_CN")
    try:
        assert tr(midway("Similarity")) == tr("Similarity") != "similarity"
        assert tr(said_as("no such key", "words")) == "words"
    finally:
        set_language("en")


def test_a_sentence_is_taken_apart_for_a_client() -> None:
    inner = say("{count} s", count=3)
    assert phrase(say("{a}: {b}", a=inner, b=4)) == {
        "text": "3 s: 4", "key": "{a}: {b}",
        "values": {"a": {"text": "3 s", "key": "{count} s", "values": {"count": "3"}}, "b": "4"},
    }  # fmt: skip
    assert phrase("plain") == "plain"


def test_a_sentence_crosses_to_another_process_and_can_still_be_translated() -> None:
    inner = say("the {part}", part="inside")
    sent = {"message": say("{what} is lost", what=inner), "list": [inner, 1, None], "plain": "text"}
    there = unpacked(json.loads(json.dumps(packed(sent))))
    assert there == sent
    assert (there["message"].template, there["message"].values["what"].template) == ("{what} is lost", "the {part}")
    assert not isinstance(there["plain"], Sentence)
