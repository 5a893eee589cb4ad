package dnd.metrics.server.rules.template;

import dnd.metrics.server.rules.template.GoValue.Pointer;

/** What an action prints of its value. */
final class Printable {
  private Printable() {}

  /** The value without pointers, unless the pointer is what knows how to print itself. */
  static GoValue of(GoValue value) {
    if (value instanceof GoValue.Nothing) {
      return GoValues.text("<no value>");
    }
    if (!(value instanceof Pointer)) {
      return value;
    }
    GoValue target = GoValues.dereferenced(value);
    return target instanceof GoValue.NativeHistogram ? Pointer.to(target) : target;
  }
}
