"""Qt's own words, on file dialogs and message boxes, in the language of the window."""

from PySide6.QtCore import QLibraryInfo, QTranslator
from PySide6.QtWidgets import QApplication, QFileDialog

from flowdesk.i18n import language, on_language_changed, tr


class QtWords:
    """Keeps the application's translator at the language in force."""

    def __init__(self, application: QApplication) -> None:
        """Load the words now, and again whenever the language changes."""
        self._application = application
        self._translator = QTranslator(application)
        self.load()
        self.forget = on_language_changed(self.load)

    def load(self) -> None:
        """Put Qt's words into the language in force; English needs none."""
        self._application.removeTranslator(self._translator)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if language() != "en" and self._translator.load(f"qtbase_{language()}", folder):
            self._application.installTranslator(self._translator)


def name_labels(dialog: QFileDialog) -> None:
    """Name the labels of a file dialog that Qt's own catalogue leaves in English."""
    dialog.setLabelText(QFileDialog.DialogLabel.LookIn, tr("Look in:"))
    dialog.setLabelText(QFileDialog.DialogLabel.FileType, tr("Files of type:"))
