import java.awt.*;
import java.awt.event.*;
import java.io.*;
import java.nio.file.*;
import java.util.*;
import javax.swing.*;
import javax.swing.table.*;
import javax.swing.tree.*;

/** A Swing window with a table that is edited in place, a tree with a menu, a slider; tells what it holds as JSON. */
public class SwingDesk {
    static Map<String, String> held = new TreeMap<>();

    static void keep(Path out) {
        StringBuilder text = new StringBuilder("{");
        held.forEach((key, value) -> text.append(text.length() > 1 ? "," : "").append('"' + key + "\":\"" + value + '"'));
        try {
            Path part = Path.of(out + ".part");
            Files.writeString(part, text + "}");
            Files.move(part, out, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }

    static void tell(Path out, String key, String value) {
        held.put(key, value);
        keep(out);
    }

    public static void main(String[] arguments) {
        Path out = Path.of(arguments[0]);
        SwingUtilities.invokeLater(() -> {
            JFrame frame = new JFrame("Swinging 2026-03-01");
            JTabbedPane tabs = new JTabbedPane();
            JPanel form = new JPanel(new GridLayout(5, 2, 6, 6));
            JTextField note = new JTextField("as before");
            JPasswordField password = new JPasswordField();
            JSlider slider = new JSlider(0, 100, 20);
            JSpinner spinner = new JSpinner(new SpinnerNumberModel(5, 0, 50, 1));
            JComponent[] widgets = {note, password, slider, spinner};
            String[] names = {"Note", "Password", "Loudness", "Count"};
            for (int number = 0; number < widgets.length; number++) {
                JLabel label = new JLabel(names[number]);
                label.setLabelFor(widgets[number]);
                form.add(label);
                form.add(widgets[number]);
            }
            JButton ready = new JButton("Keep all");
            ready.addActionListener(event -> {
                held.put("note", note.getText());
                held.put("password", new String(password.getPassword()));
                held.put("loud", "" + slider.getValue());
                tell(out, "count", "" + spinner.getValue());
            });
            form.add(ready);
            JTable table = new JTable(new Object[][] {{"Apple", "1"}, {"Pear", "2"}, {"Plum", "3"}}, new Object[] {"Item", "Price"});
            table.getModel().addTableModelListener(event -> tell(out, "table", "" + ((DefaultTableModel) table.getModel()).getDataVector()));
            DefaultMutableTreeNode root = new DefaultMutableTreeNode("Folders");
            for (String name : new String[] {"Inbox", "Archive"}) {
                DefaultMutableTreeNode branch = new DefaultMutableTreeNode(name);
                branch.add(new DefaultMutableTreeNode(name + " Spring"));
                root.add(branch);
            }
            JTree tree = new JTree(root);
            tree.addTreeSelectionListener(event -> tell(out, "tree", "" + event.getPath()));
            JPopupMenu menu = new JPopupMenu();
            JMenu more = new JMenu("Export");
            for (String text : new String[] {"As PDF", "As text"}) {
                JMenuItem item = new JMenuItem(text);
                item.addActionListener(event -> tell(out, "menu", text));
                more.add(item);
            }
            JMenuItem rename = new JMenuItem("Rename");
            rename.addActionListener(event -> tell(out, "menu", "Rename"));
            menu.add(rename);
            menu.add(more);
            tree.setComponentPopupMenu(menu);
            tabs.addTab("Form", form);
            JPanel sheet = new JPanel(new GridLayout(2, 1));
            sheet.add(new JScrollPane(table));
            sheet.add(new JScrollPane(tree));
            tabs.addTab("Sheet", sheet);
            frame.add(tabs);
            frame.setSize(520, 420);
            frame.setLocation(150, 120);
            frame.setDefaultCloseOperation(JFrame.EXIT_ON_CLOSE);
            frame.setVisible(true);
        });
    }
}
