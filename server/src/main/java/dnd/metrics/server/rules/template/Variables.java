package dnd.metrics.server.rules.template;

import java.util.ArrayList;
import java.util.List;

/** The variables of one call of a template, the newest last. For one thread. */
final class Variables {
  private record Variable(String name, GoValue value) {}

  private final List<Variable> stack = new ArrayList<>();

  Variables(GoValue dot) {
    declare("$", dot);
  }

  void declare(String name, GoValue value) {
    stack.add(new Variable(name, value));
  }

  int mark() {
    return stack.size();
  }

  /** Forgets what was declared since the mark. */
  void forget(int mark) {
    stack.subList(mark, stack.size()).clear();
  }

  /** Sets the variable that is so many from the top, from 1. */
  void setFromTop(int count, GoValue value) {
    int index = stack.size() - count;
    stack.set(index, new Variable(stack.get(index).name, value));
  }

  /** Sets the newest variable of a name; whether there is one. */
  boolean set(String name, GoValue value) {
    for (int i = stack.size() - 1; i >= 0; i--) {
      if (stack.get(i).name.equals(name)) {
        stack.set(i, new Variable(name, value));
        return true;
      }
    }
    return false;
  }

  /** The value of the newest variable of a name, which the parser has seen declared. */
  GoValue get(String name) {
    for (int i = stack.size() - 1; i >= 0; i--) {
      if (stack.get(i).name.equals(name)) {
        return stack.get(i).value;
      }
    }
    throw new IllegalStateException("undefined variable: " + name);
  }
}
