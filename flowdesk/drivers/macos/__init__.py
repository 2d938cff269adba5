"""The desktop of macOS: mouse and keyboard through pyautogui, windows as far as pygetwindow knows them. Not tried."""
