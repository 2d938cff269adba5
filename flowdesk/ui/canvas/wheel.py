"""What the wheel of a mouse and two fingers on a touchpad do."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QInputDevice, QWheelEvent

from flowdesk.ui.canvas.habits import Habits
from flowdesk.ui.canvas.navigator import ZOOM_STEP, Navigator


def turn_wheel(navigator: Navigator, event: QWheelEvent, habits: Habits) -> None:
    """Zoom at the pointer or pan.

    A touchpad tells how many pixels the fingers went, or says what it is: it pans. Ctrl zooms whatever turned, which is
    also how a pinch arrives where the system makes wheel events of it; Shift turns sideways.
    """
    keys = event.modifiers()
    is_touchpad = event.device().type() == QInputDevice.DeviceType.TouchPad or not event.pixelDelta().isNull()
    delta = event.pixelDelta() if not event.pixelDelta().isNull() else event.angleDelta()
    is_sideways = bool(keys & Qt.KeyboardModifier.ShiftModifier)
    wheel_zooms = habits.wheel == "zoom" and not is_touchpad and not is_sideways
    if keys & Qt.KeyboardModifier.ControlModifier or wheel_zooms:
        turned = delta.y() or delta.x()
        navigator.zoom_by(ZOOM_STEP ** (turned / 120), event.position().toPoint())
        return
    dx, dy = delta.x(), delta.y()
    if is_sideways and not dx:
        dx, dy = dy, 0
    navigator.view.pan_by(-dx, -dy)
