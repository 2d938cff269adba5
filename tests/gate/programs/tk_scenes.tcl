# Scenes in Tk: wish tk_scenes.tcl OUT SCENE. What happened to the program stands in OUT, a line each.
package require Tk
set out [open [lindex $argv 0] w]
fconfigure $out -buffering line
proc tell {line} { global out; puts $out $line }
wm title . "Tk scene"
wm geometry . 320x300+300+200
option add *font {Helvetica 18}
button .a -text "Confirm" -command {tell Confirm}
button .b -text "Discard" -command {tell Discard}
pack .a .b -fill both -expand 1
bind . <ButtonPress-1> {tell "press %X %Y"}
switch [lindex $argv 1] {
  plain {}
  bar {
    menu .bar
    foreach top {File Edit Help} { menu .bar.m$top -tearoff 0; .bar add cascade -label $top -menu .bar.m$top }
    foreach name {Open Save} { .bar.mFile add command -label "$name" -command [list tell $name] }
    menu .bar.mFile.export -tearoff 0
    .bar.mFile add cascade -label "Export" -menu .bar.mFile.export
    foreach name {Picture Table} { .bar.mFile.export add command -label "$name" -command [list tell $name] }
    .bar.mEdit add command -label "Undo" -command {tell Undo}
    . configure -menu .bar
  }
  row {
    menu .m -tearoff 0
    foreach name {Open Rename Delete} { .m add command -label "$name" -command [list tell $name] }
    bind .b <ButtonRelease-3> { tk_popup .m %X %Y }
    bind . <ButtonPress-1> {}
  }
  modal { after 400 { tk_messageBox -parent . -title "Update" -message "Install now?" -type yesno; tell answered } }
  menu - context {
    menu .m -tearoff 0
    foreach name {Open Save Print Quit Help} { .m add command -label "$name                        " -command [list tell $name] }
    if {[lindex $argv 1] eq "menu"} { after 400 { .m post 290 210 } } else { after 400 { tk_popup .m 290 210 } }
  }
}
