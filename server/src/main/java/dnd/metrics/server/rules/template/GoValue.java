package dnd.metrics.server.rules.template;

import dnd.metrics.server.model.Histogram;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A Go value, as far as templates of alerts can come by one. */
sealed interface GoValue {
  /** No value at all: what a field of nothing is, and the nil that functions get. */
  Nothing NOTHING = new Nothing();

  GoType type();

  record Nothing() implements GoValue {
    @Override
    public GoType type() {
      throw new IllegalStateException("nothing has no type");
    }
  }

  record Bool(boolean value) implements GoValue {
    @Override
    public GoType type() {
      return GoType.BOOL;
    }
  }

  /** A whole number, with or without a sign. */
  record Whole(long value, GoType type) implements GoValue {}

  record Real(double value) implements GoValue {
    @Override
    public GoType type() {
      return GoType.FLOAT64;
    }
  }

  record Complex(double real, double imaginary) implements GoValue {
    @Override
    public GoType type() {
      return GoType.COMPLEX128;
    }
  }

  record Text(String value, GoType type) implements GoValue {}

  /** A map; its keys are strings and sorted. */
  record Mapping(SortedMap<String, GoValue> entries, GoType type) implements GoValue {
    public Mapping {
      entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
    }

    /** The value of a key, of the type that the map holds; its zero value where it has none. */
    GoValue get(String key) {
      GoValue value = entries.get(key);
      boolean boxed = type.equals(GoType.ARGUMENTS);
      if (value == null) {
        return boxed ? new Boxed(null) : GoValues.text("");
      }
      return boxed && !(value instanceof Boxed) ? new Boxed(value) : value;
    }
  }

  record Listing(List<GoValue> elements, GoType type) implements GoValue {
    public Listing {
      elements = List.copyOf(elements);
    }
  }

  /** Points to a value, or to none. */
  record Pointer(@Nullable GoValue target, GoType type) implements GoValue {
    static Pointer to(GoValue target) {
      return new Pointer(target, GoType.pointer(target.type()));
    }
  }

  /** A struct whose fields are all that there is to know of it. */
  record Struct(Map<String, GoValue> fields, GoType type) implements GoValue {
    public Struct {
      fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }
  }

  /** A {@code time.Time}, in UTC. */
  record Time(Instant instant) implements GoValue {
    @Override
    public GoType type() {
      return GoType.TIME;
    }
  }

  record NativeHistogram(Histogram histogram) implements GoValue {
    @Override
    public GoType type() {
      return GoType.HISTOGRAM;
    }
  }

  /** A value whose place may hold one of any type; or nil. */
  record Boxed(@Nullable GoValue content) implements GoValue {
    @Override
    public GoType type() {
      return GoType.ANY;
    }

    GoValue orNothing() {
      return content == null ? NOTHING : content;
    }
  }
}
