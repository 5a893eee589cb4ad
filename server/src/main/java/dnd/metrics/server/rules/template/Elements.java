package dnd.metrics.server.rules.template;

import dnd.metrics.server.rules.template.GoType.Kind;
import dnd.metrics.server.rules.template.GoValue.Listing;
import dnd.metrics.server.rules.template.GoValue.Mapping;
import dnd.metrics.server.rules.template.GoValue.Text;
import dnd.metrics.server.rules.template.GoValue.Whole;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** {@code index}, {@code slice} and {@code len}. Texts are made of bytes, as in Go. */
final class Elements {
  private Elements() {}

  /** The element that the indexes lead to, one after another. */
  static GoValue index(List<GoValue> arguments) throws CallException {
    GoValue item = GoValues.unboxed(arguments.getFirst());
    if (item instanceof GoValue.Nothing) {
      throw new CallException("index of untyped nil");
    }
    for (GoValue argument : arguments.subList(1, arguments.size())) {
      GoValue index = GoValues.unboxed(argument);
      item = GoValues.dereferenced(item);
      if (GoValues.isNil(item)) {
        throw new CallException("index of nil pointer");
      }
      item =
          switch (item) {
            case Text text -> {
              byte[] bytes = text.value().getBytes(StandardCharsets.UTF_8);
              yield new Whole(bytes[element(index, bytes.length, "string")] & 0xff, GoType.UINT8);
            }
            case Listing list ->
                list.elements().get(element(index, list.elements().size(), "slice"));
            case Mapping map -> map.get(key(index));
            default -> throw new CallException("can't index item of type " + item.type());
          };
    }
    return item;
  }

  private static String key(GoValue index) throws CallException {
    if (index instanceof GoValue.Nothing) {
      throw new CallException("value is nil; should be of type string");
    }
    if (index.type().equals(GoType.STRING)) {
      return ((Text) index).value();
    }
    throw new CallException("value has type " + index.type() + "; should be string");
  }

  private static int element(GoValue index, int size, String what) throws CallException {
    int place = place(index, size);
    if (place == size) {
      throw new CallException("reflect: " + what + " index out of range");
    }
    return place;
  }

  /** A place from 0 to {@code most}. */
  private static int place(GoValue index, int most) throws CallException {
    if (index instanceof GoValue.Nothing) {
      throw new CallException("cannot index slice/array with nil");
    }
    Kind kind = index.type().kind();
    if (kind != Kind.WHOLE && kind != Kind.UNSIGNED) {
      throw new CallException("cannot index slice/array with type " + index.type());
    }
    long place = ((Whole) index).value();
    if (place < 0 || place > most) {
      throw new CallException("index out of range: " + place);
    }
    return (int) place;
  }

  static GoValue slice(List<GoValue> arguments) throws CallException {
    GoValue item = GoValues.unboxed(arguments.getFirst());
    if (item instanceof GoValue.Nothing) {
      throw new CallException("slice of untyped nil");
    }
    item = GoValues.dereferenced(item);
    if (GoValues.isNil(item)) {
      throw new CallException("slice of nil pointer");
    }
    List<GoValue> indexes = arguments.subList(1, arguments.size());
    if (indexes.size() > 3) {
      throw new CallException("too many slice indexes: " + indexes.size());
    }
    if (item instanceof Text && indexes.size() == 3) {
      throw new CallException("cannot 3-index slice a string");
    }
    int size = sliceable(item);
    int[] places = {0, size, size};
    for (int i = 0; i < indexes.size(); i++) {
      places[i] = place(indexes.get(i), size);
    }
    for (int i = 1; i < Math.max(2, indexes.size()); i++) {
      if (places[i - 1] > places[i]) {
        throw new CallException("invalid slice index: " + places[i - 1] + " > " + places[i]);
      }
    }
    if (item instanceof Listing list) {
      return new Listing(list.elements().subList(places[0], places[1]), list.type());
    }
    Text text = (Text) item;
    byte[] bytes = text.value().getBytes(StandardCharsets.UTF_8);
    String part = new String(bytes, places[0], places[1] - places[0], StandardCharsets.UTF_8);
    return new Text(part, text.type());
  }

  private static int sliceable(GoValue item) throws CallException {
    return switch (item) {
      case Text text -> text.value().getBytes(StandardCharsets.UTF_8).length;
      case Listing list -> list.elements().size();
      default -> throw new CallException("can't slice item of type " + item.type());
    };
  }

  static GoValue length(GoValue argument) throws CallException {
    GoValue item = GoValues.dereferenced(argument);
    if (GoValues.isNil(item)) {
      throw new CallException("len of nil pointer");
    }
    return switch (item) {
      case Text text -> GoValues.integer(text.value().getBytes(StandardCharsets.UTF_8).length);
      case Listing list -> GoValues.integer(list.elements().size());
      case Mapping map -> GoValues.integer(map.entries().size());
      case GoValue.Nothing nothing ->
          throw new CallException("reflect: call of reflect.Value.Type on zero Value");
      default -> throw new CallException("len of type " + item.type());
    };
  }
}
