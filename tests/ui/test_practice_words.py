from flowdesk.ui.practice_words import WORDS


def test_both_languages_say_everything() -> None:
    assert WORDS["en"].keys() == WORDS["zh"].keys()
    assert len(WORDS["en"]["cities"].split("|")) == len(WORDS["zh"]["cities"].split("|"))
