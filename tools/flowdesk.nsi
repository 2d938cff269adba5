; Installer for Windows, made on any system from the folder that PyInstaller built there:
;   makensis -DSOURCE=dist/flowdesk -DVERSION=0.1.0 -DOUT=dist/flowdesk-setup.exe tools/flowdesk.nsi
; It installs for one person, so that it asks for no administrator. /S installs without a question, /D=FOLDER elsewhere.
Target amd64-unicode
ManifestDPIAware true
RequestExecutionLevel user
SetCompressor /SOLID lzma
Name "flowdesk"
OutFile "${OUT}"
InstallDir "$LOCALAPPDATA\Programs\flowdesk"
InstallDirRegKey HKCU "Software\flowdesk" "Folder"
!define ENTRY "Software\Microsoft\Windows\CurrentVersion\Uninstall\flowdesk"
!include "MUI2.nsh"
!define MUI_ICON "../resources/icons/flowdesk.ico"
!define MUI_UNICON "../resources/icons/flowdesk.ico"
!insertmacro MUI_PAGE_LICENSE "../LICENSE"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "SimpChinese"
LangString InUse ${LANG_ENGLISH} "flowdesk is running. Close it, then try again."
LangString InUse ${LANG_SIMPCHINESE} "flowdesk 正在运行。请先将其关闭，然后重试。"

; A program that runs keeps its file: nothing is half replaced, and nothing half removed.
!macro CheckClosed un
Function ${un}CheckClosed
  IfFileExists "$INSTDIR\flowdesk.exe" 0 closed
  ClearErrors
  FileOpen $0 "$INSTDIR\flowdesk.exe" a
  IfErrors 0 free
  MessageBox MB_OK|MB_ICONEXCLAMATION "$(InUse)" /SD IDOK
  SetErrorLevel 3
  Abort
free:
  FileClose $0
closed:
FunctionEnd
!macroend
!insertmacro CheckClosed ""
!insertmacro CheckClosed "un."

Section
  Call CheckClosed
  RMDir /r "$INSTDIR\_internal"
  SetOutPath "$INSTDIR"
  File /r "${SOURCE}/*"
  CreateShortcut "$SMPROGRAMS\flowdesk.lnk" "$INSTDIR\flowdesk.exe"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  WriteRegStr HKCU "Software\flowdesk" "Folder" "$INSTDIR"
  WriteRegStr HKCU "${ENTRY}" "DisplayName" "flowdesk"
  WriteRegStr HKCU "${ENTRY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${ENTRY}" "DisplayIcon" "$INSTDIR\flowdesk.exe"
  WriteRegStr HKCU "${ENTRY}" "Publisher" "flowdesk"
  WriteRegStr HKCU "${ENTRY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${ENTRY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${ENTRY}" "NoModify" 1
  WriteRegDWORD HKCU "${ENTRY}" "NoRepair" 1
SectionEnd

; Flows, settings and runs are the person's and stay. Only what was installed goes: the folder may hold other things.
Section "Uninstall"
  Call un.CheckClosed
  Delete "$INSTDIR\flowdesk.exe"
  Delete "$INSTDIR\flowdesk-console.exe"
  Delete "$INSTDIR\uninstall.exe"
  RMDir /r "$INSTDIR\_internal"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\flowdesk.lnk"
  DeleteRegKey HKCU "${ENTRY}"
  DeleteRegKey HKCU "Software\flowdesk"
SectionEnd
