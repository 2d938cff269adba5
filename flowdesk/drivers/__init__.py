"""The real desktop: the only place of pyautogui, mss, xa11y, OpenCV, OCR and the X protocol."""
