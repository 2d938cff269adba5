import java.awt.*;
import java.io.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import javax.swing.*;

/** A Swing window with every kind of control; writes what happens to it, a JSON line an event. */
public class SwingControls {
    static Path out;

    static void tell(String what, Object value) {
        String shown = value instanceof String ? "\"" + value + "\"" : String.valueOf(value);
        try {
            Files.writeString(out, "[\"" + what + "\", " + shown + "]\n", StandardCharsets.UTF_8,
                StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }

    static JMenuItem item(JMenu menu, String text) {
        JMenuItem item = new JMenuItem(text);
        item.addActionListener(event -> tell("menu", text));
        menu.add(item);
        return item;
    }

    static void labelled(JPanel panel, String text, JComponent field) {
        JLabel label = new JLabel(text);
        label.setLabelFor(field);
        panel.add(label);
        panel.add(field);
    }

    public static void main(String[] arguments) {
        out = Path.of(arguments[0]);
        SwingUtilities.invokeLater(SwingControls::show);
    }

    static void show() {
        JFrame frame = new JFrame("swing controls");
        frame.setDefaultCloseOperation(JFrame.EXIT_ON_CLOSE);
        JMenuBar bar = new JMenuBar();
        JMenu file = new JMenu("File");
        item(file, "New");
        item(file, "Save");
        item(file, "Save As…");
        item(file, "Print").setEnabled(false);
        JMenu recent = new JMenu("Open Recent");
        item(recent, "one.txt");
        file.add(recent);
        bar.add(file);
        JMenu view = new JMenu("View");
        JCheckBoxMenuItem wrap = new JCheckBoxMenuItem("Wrap lines");
        wrap.addItemListener(event -> tell("wrap", wrap.isSelected()));
        view.add(wrap);
        bar.add(view);
        frame.setJMenuBar(bar);
        JPanel panel = new JPanel(new GridLayout(0, 2, 6, 6));
        JCheckBox agree = new JCheckBox("I agree");
        agree.addItemListener(event -> tell("agree", agree.isSelected()));
        panel.add(agree);
        JToggleButton bold = new JToggleButton("Bold");
        bold.addItemListener(event -> tell("bold", bold.isSelected()));
        panel.add(bold);
        ButtonGroup group = new ButtonGroup();
        for (String text : new String[] {"Bus", "Train"}) {
            JRadioButton radio = new JRadioButton(text);
            radio.addItemListener(event -> tell("radio", text + " " + radio.isSelected()));
            group.add(radio);
            panel.add(radio);
        }
        JComboBox<String> destination = new JComboBox<>(new String[] {"Berlin", "Paris", "Rome"});
        destination.addActionListener(event -> tell("destination", (String) destination.getSelectedItem()));
        labelled(panel, "Destination", destination);
        JTextField name = new JTextField();
        labelled(panel, "Name", name);
        DefaultListModel<String> lines = new DefaultListModel<>();
        for (int number = 1; number <= 300; number++) {
            lines.addElement("Line " + number);
        }
        JList<String> list = new JList<>(lines);
        list.getAccessibleContext().setAccessibleName("Long");
        list.addListSelectionListener(event -> {
            if (!event.getValueIsAdjusting()) {
                tell("long", list.getSelectedValue());
            }
        });
        panel.add(new JScrollPane(list));
        JTable table = new JTable(new Object[][] {{"Ada", "36"}, {"Zoe", "41"}}, new Object[] {"Name", "Age"});
        table.getAccessibleContext().setAccessibleName("People");
        panel.add(new JScrollPane(table));
        JTabbedPane tabs = new JTabbedPane();
        tabs.addTab("Form", panel);
        tabs.addTab("Other", new JLabel("nothing"));
        tabs.addChangeListener(event -> tell("tab", tabs.getTitleAt(tabs.getSelectedIndex())));
        frame.add(tabs);
        frame.setSize(700, 520);
        frame.setVisible(true);
    }
}
