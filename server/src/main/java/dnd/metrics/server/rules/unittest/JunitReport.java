package dnd.metrics.server.rules.unittest;

import java.util.List;
import java.util.Locale;

/** Reports as JUnit XML: a suite a file, a case a test. */
public final class JunitReport {
  private JunitReport() {}

  public static String print(List<FileReport> files) {
    StringBuilder out = new StringBuilder("<testsuites>");
    for (FileReport file : files) {
      long failed = file.tests().stream().filter(test -> !test.failures().isEmpty()).count();
      out.append(
          String.format(
              Locale.ROOT,
              "<testsuite name=\"%s\" tests=\"%d\" failures=\"%d\" errors=\"%d\">",
              escaped(file.file()),
              file.tests().size(),
              failed,
              file.problems().size()));
      file.problems().forEach(problem -> out.append(element("error", problem)));
      for (TestReport test : file.tests()) {
        out.append("<testcase name=\"").append(escaped(test.name())).append("\">");
        test.failures().forEach(failure -> out.append(element("failure", failure)));
        out.append("</testcase>");
      }
      out.append("</testsuite>");
    }
    return out.append("</testsuites>\n").toString();
  }

  private static String element(String name, String text) {
    return "<" + name + ">" + escaped(text) + "</" + name + ">";
  }

  private static String escaped(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&#34;");
        case '\n', '\t' -> out.append(c);
        default -> out.append(c < ' ' ? '\ufffd' : c);
      }
    }
    return out.toString();
  }
}
