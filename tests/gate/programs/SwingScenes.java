import java.awt.*;
import java.awt.event.*;
import java.io.*;
import javax.swing.*;
import javax.swing.tree.DefaultMutableTreeNode;

/** Scenes in Swing: {@code java SwingScenes OUT SCENE}. What happened to the program stands in OUT, a line each. */
public class SwingScenes {
  static PrintStream out;
  static JFrame frame;
  static String place;

  static void tell(String line) { out.println(line); out.flush(); }

  static JButton button(String name) {
    JButton made = new JButton(name);
    made.addActionListener(event -> tell(name));
    return made;
  }

  static JMenuItem entry(String name) {
    JMenuItem made = new JMenuItem(name);
    made.addActionListener(event -> tell(name));
    return made;
  }

  static JPanel patch(String name, Color color) {
    JPanel made = new JPanel();
    made.setBackground(color);
    made.addMouseListener(new MouseAdapter() { public void mousePressed(MouseEvent event) { tell(name); } });
    return made;
  }

  static void show(Component child) {
    frame = new JFrame("Swing scene");
    frame.setDefaultCloseOperation(JFrame.EXIT_ON_CLOSE);
    frame.add(child);
    frame.setBounds(300, 200, 320, 420);
    frame.setVisible(true);
  }

  static JPanel overDanger(JComponent top) {
    JPanel made = new JPanel(new BorderLayout());
    made.add(new JScrollPane(top));
    JButton below = button("Delete all");
    below.setPreferredSize(new Dimension(100, 120));
    made.add(below, BorderLayout.SOUTH);
    return made;
  }

  static void mark() {
    try { new File(place + ".ready").createNewFile(); } catch (IOException error) { throw new UncheckedIOException(error); }
  }

  /** Does something after a while, and leaves a mark that it is done. */
  static void later(int milliseconds, Runnable what) {
    Timer timer = new Timer(milliseconds, event -> { what.run(); mark(); });
    timer.setRepeats(false);
    timer.start();
  }

  static void build(String scene) {
    switch (scene) {
      case "scroll": {
        JPanel column = new JPanel(new GridLayout(0, 1));
        for (int number = 1; number <= 40; number++) column.add(button("Row " + number));
        show(overDanger(column));
        break;
      }
      case "list": case "long_list": {
        int count = scene.equals("list") ? 60 : 10000;
        DefaultListModel<String> model = new DefaultListModel<>();
        for (int number = 0; number < count; number++) model.addElement("Item " + number);
        JList<String> list = new JList<>(model);
        list.addListSelectionListener(event -> { if (!event.getValueIsAdjusting()) tell("" + list.getSelectedValue()); });
        show(overDanger(list));
        break;
      }
      case "tree": {
        DefaultMutableTreeNode all = new DefaultMutableTreeNode("All");
        for (String name : new String[] {"Fruit", "Nuts"}) {
          DefaultMutableTreeNode node = new DefaultMutableTreeNode(name);
          for (int number = 1; number <= 30; number++) node.add(new DefaultMutableTreeNode(name + " " + number));
          all.add(node);
        }
        JTree tree = new JTree(all);
        tree.addTreeSelectionListener(event -> tell("" + event.getPath().getLastPathComponent()));
        show(overDanger(tree));
        break;
      }
      case "menu": {
        JPanel column = new JPanel(new GridLayout(0, 1));
        column.add(button("Target"));
        column.add(button("Other"));
        show(column);
        JPopupMenu menu = new JPopupMenu();
        for (String name : new String[] {"Open", "Save As", "Print", "Quit", "Help"}) {
          JMenuItem entry = new JMenuItem(name);
          entry.addActionListener(event -> tell(name));
          menu.add(entry);
        }
        menu.setPopupSize(250, 260);
        later(500, () -> menu.show(column, 20, 40));
        break;
      }
      case "overlaid": {
        JLayeredPane layers = new JLayeredPane();
        JButton target = button("Target"), cover = button("Cover"), free = button("Free");
        target.setBounds(10, 10, 150, 40);
        cover.setBounds(0, 0, 250, 80);
        free.setBounds(10, 120, 150, 40);
        layers.add(target, Integer.valueOf(1));
        layers.add(free, Integer.valueOf(1));
        layers.add(cover, Integer.valueOf(5));
        show(layers);
        break;
      }
      case "modal": {
        show(button("Step"));
        later(500, () -> { JOptionPane.showConfirmDialog(frame, "Install now?", "Update", JOptionPane.YES_NO_OPTION); tell("answered"); });
        break;
      }
      case "modal_beside": case "modeless": {
        JPanel column = new JPanel(new GridLayout(0, 1));
        column.add(button("Step"));
        column.add(patch("red", Color.RED));
        show(column);
        JFrame other = new JFrame("Swing other");
        other.add(patch("blue", Color.BLUE));
        other.setBounds(1100, 200, 300, 300);
        other.setVisible(true);
        JDialog dialog = new JDialog(frame, "Update", scene.equals("modal_beside"));
        dialog.add(patch("green", Color.GREEN));
        dialog.setBounds(700, 500, 250, 200);
        later(500, () -> dialog.setVisible(true));
        break;
      }
      case "menus": {
        show(button("Target"));
        JMenuBar bar = new JMenuBar();
        JMenu file = new JMenu("File"), export = new JMenu("Export"), pictures = new JMenu("Pictures");
        for (String name : new String[] {"New", "Open", "Save"}) file.add(entry(name));
        export.add(entry("Text"));
        pictures.add(entry("PNG"));
        pictures.add(entry("SVG"));
        export.add(pictures);
        file.add(export);
        file.add(entry("Quit"));
        bar.add(file);
        frame.setJMenuBar(bar);
        frame.validate();
        break;
      }
      default: throw new IllegalArgumentException(scene);
    }
  }

  public static void main(String[] given) throws Exception {
    place = given[0];
    out = new PrintStream(new FileOutputStream(given[0]), true, "UTF-8");
    SwingUtilities.invokeLater(() -> build(given[1]));
  }
}
