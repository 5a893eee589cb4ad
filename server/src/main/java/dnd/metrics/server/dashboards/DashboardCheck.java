package dnd.metrics.server.dashboards;

import dnd.metrics.events.Durations;
import dnd.metrics.events.Problem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What makes a JSON object a Perses dashboard: its kind, its name, and a specification whose
 * panels, layouts, variables and data sources fit together (the "Dashboard", "Variable" and
 * "Datasource" pages of the Perses API documentation). What a plugin's {@code spec} holds is the
 * plugin's business. Fields that Perses does not name are left as they are.
 */
final class DashboardCheck {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_.-]{1,75}");
  private static final Pattern VARIABLE_NAME = Pattern.compile("\\w*[^\\W0-9]\\w*");
  private static final int MAX_CHARS = 1 << 20;
  private static final int MAX_TAGS = 20;
  private static final int MAX_TAG_CHARS = 50;
  private static final int GRID_COLUMNS = 24;
  private static final String PANEL_REFERENCE = "#/spec/panels/";
  private static final Set<String> SORTS =
      new TreeSet<>(
          Set.of(
              "none",
              "alphabetical-asc",
              "alphabetical-desc",
              "numerical-asc",
              "numerical-desc",
              "alphabetical-ci-asc",
              "alphabetical-ci-desc"));

  private final List<Problem> problems = new ArrayList<>();

  private DashboardCheck() {}

  /**
   * Everything that is wrong with a resource, in its order; empty where it is a dashboard.
   *
   * @param path of the resource in the event, such as {@code data.dashboard}
   */
  static List<Problem> problems(ObjectNode resource, String path) {
    DashboardCheck check = new DashboardCheck();
    Place place = new Place(resource, path, check.problems);
    int chars = resource.toString().length();
    if (chars > MAX_CHARS) {
      place.wrong("", "has " + chars + " characters as JSON, at most " + MAX_CHARS + " are kept");
    }
    check.dashboard(place);
    return check.problems;
  }

  /** Whether {@code text} may name a project or a dashboard. */
  static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  private void dashboard(Place resource) {
    resource.requireWord("kind", Set.of("Dashboard"));
    resource.requireObject("metadata").ifPresent(DashboardCheck::metadata);
    resource
        .requireObject("spec")
        .ifPresent(spec -> {
          if (spec.isEmpty()) {
            spec.wrong("", "cannot be empty");
          }
          spec(spec);
        });
  }

  private static void metadata(Place metadata) {
    name(metadata, "name");
    name(metadata, "project");
    List<JsonNode> tags = metadata.list("tags");
    if (tags.size() > MAX_TAGS) {
      metadata.wrong("tags", "cannot contain more than " + MAX_TAGS + " tags");
    }
    for (int i = 0; i < tags.size(); i++) {
      String tag = tags.get(i).isString() ? tags.get(i).stringValue() : "";
      if (tag.isEmpty() || !tag.equals(tag.strip()) || tag.length() > MAX_TAG_CHARS) {
        metadata.wrong(
            "tags[" + i + "]",
            "must be 1 to " + MAX_TAG_CHARS + " characters that neither begin nor end with space");
      }
    }
  }

  private static void name(Place metadata, String key) {
    metadata
        .requireText(key)
        .filter(text -> !isName(text))
        .ifPresent(
            text -> metadata.wrong(key, "must be 1 to 75 letters, digits and \"_\", \".\", \"-\""));
  }

  private void spec(Place spec) {
    spec.object("display").ifPresent(DashboardCheck::display);
    duration(spec, "duration");
    duration(spec, "refreshInterval");
    dataSources(spec);
    variables(spec);
    Map<String, Place> panels = spec.members("panels");
    panels.values().forEach(DashboardCheck::panel);
    if (!spec.has("panels")) {
      spec.wrong("panels", "is missing");
    }
    if (!spec.has("layouts")) {
      spec.wrong("layouts", "is missing");
    }
    for (Place layout : spec.objects("layouts")) {
      layout(layout, panels.keySet());
    }
  }

  private static void display(Place display) {
    display.text("name");
    display.text("description");
  }

  private static void duration(Place spec, String key) {
    spec.text(key)
        .filter(text -> !text.isEmpty() && Durations.parse(text) == null)
        .ifPresent(text -> spec.wrong(key, "\"" + text + "\" is no duration such as 1h or 30s"));
  }

  private static void dataSources(Place spec) {
    Map<String, String> defaults = new HashMap<>();
    spec.members("datasources")
        .forEach((name, source) -> {
          source.object("display").ifPresent(DashboardCheck::display);
          String kind = plugin(source);
          if (source.flag("default")) {
            String other = defaults.putIfAbsent(kind, name);
            if (other != null) {
              source.wrong("default", "\"" + other + "\" is the default of " + kind + " already");
            }
          }
        });
  }

  /** Checks a plugin and returns its kind, or an empty text. */
  private static String plugin(Place holder) {
    return holder
        .requireObject("plugin")
        .map(plugin -> {
          plugin.object("spec");
          String kind = plugin.requireText("kind").orElse("");
          if (plugin.has("kind") && kind.isEmpty()) {
            plugin.wrong("kind", "is empty");
          }
          return kind;
        })
        .orElse("");
  }

  private static void variables(Place spec) {
    Set<String> names = new HashSet<>();
    for (Place variable : spec.objects("variables")) {
      String kind =
          variable
              .requireWord("kind", new TreeSet<>(Set.of("ListVariable", "TextVariable")))
              .orElse("");
      variable
          .requireObject("spec")
          .ifPresent(definition -> {
            variableName(definition, names);
            definition.object("display").ifPresent(DashboardCheck::display);
            switch (kind) {
              case "TextVariable" -> {
                definition.requireText("value");
                definition.flag("constant");
              }
              case "ListVariable" -> listVariable(definition);
              default -> {}
            }
          });
    }
  }

  private static void variableName(Place definition, Set<String> names) {
    definition
        .requireText("name")
        .ifPresent(name -> {
          if (!VARIABLE_NAME.matcher(name).matches()) {
            definition.wrong("name", "must be letters, digits and \"_\", and not only digits");
          } else if (name.startsWith("__")) {
            definition.wrong("name", "begins with \"__\", as only built-in variables do");
          } else if (!names.add(name)) {
            definition.wrong("name", "another variable is called \"" + name + "\" as well");
          }
        });
  }

  private static void listVariable(Place definition) {
    plugin(definition);
    boolean multiple = definition.flag("allowMultiple");
    boolean all = definition.flag("allowAllValue");
    definition
        .node("defaultValue")
        .ifPresent(value -> {
          if (value.isArray() && !multiple) {
            definition.wrong("defaultValue", "is a list, but allowMultiple is not set");
          } else if (!value.isString() && !value.isArray()) {
            definition.wrong("defaultValue", "must be a string or a list of strings");
          }
        });
    if (definition.text("customAllValue").filter(text -> !text.isEmpty()).isPresent() && !all) {
      definition.wrong("customAllValue", "is set, but allowAllValue is not");
    }
    definition
        .text("sort")
        .filter(sort -> !SORTS.contains(sort))
        .ifPresent(sort -> definition.wrong("sort", "must be one of " + String.join(", ", SORTS)));
  }

  private static void panel(Place panel) {
    panel.requireWord("kind", Set.of("Panel"));
    panel
        .requireObject("spec")
        .ifPresent(spec -> {
          spec.object("display").ifPresent(DashboardCheck::display);
          plugin(spec);
          for (Place query : spec.objects("queries")) {
            query.requireText("kind");
            query.requireObject("spec").ifPresent(DashboardCheck::plugin);
          }
        });
  }

  private static void layout(Place layout, Set<String> panels) {
    layout.requireWord("kind", Set.of("Grid"));
    layout
        .requireObject("spec")
        .ifPresent(spec -> {
          spec.object("display").ifPresent(display -> display.text("title"));
          for (Place item : spec.objects("items")) {
            item(item, panels);
          }
        });
  }

  private static void item(Place item, Set<String> panels) {
    int x = from(item, "x", 0);
    from(item, "y", 0);
    int width = from(item, "width", 1);
    from(item, "height", 1);
    if (x + width > GRID_COLUMNS) {
      item.wrong("width", "ends at column " + (x + width) + "; a grid has " + GRID_COLUMNS);
    }
    item.requireObject("content")
        .ifPresent(content ->
            content
                .requireText("$ref")
                .ifPresent(reference -> {
                  if (!reference.startsWith(PANEL_REFERENCE)) {
                    content.wrong("$ref", "must begin with \"" + PANEL_REFERENCE + "\"");
                  } else if (!panels.contains(unescape(reference))) {
                    content.wrong("$ref", "no panel is called \"" + unescape(reference) + "\"");
                  }
                }));
  }

  /** The last step of a JSON Pointer (RFC 6901, section 4). */
  private static String unescape(String reference) {
    return reference.substring(PANEL_REFERENCE.length()).replace("~1", "/").replace("~0", "~");
  }

  private static int from(Place item, String key, int least) {
    int value = item.requireWholeNumber(key).orElse(least);
    if (value < least || value > 1_000_000) {
      item.wrong(key, "must be from " + least + " up");
      return least;
    }
    return value;
  }
}
