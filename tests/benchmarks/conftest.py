"""The measurements on a real desktop use the same hands and eyes as the tests of the drivers."""

from tests.drivers.conftest import body, eyes, hands

__all__ = ["body", "eyes", "hands"]
