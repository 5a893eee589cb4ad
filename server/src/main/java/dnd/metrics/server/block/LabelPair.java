package dnd.metrics.server.block;

import java.util.Arrays;

/**
 * A label's name and value in an index that is being written, and the series that have them. The
 * series are kept as differences of seven bits a byte, since there may be very many.
 */
final class LabelPair {
  private static final byte[] NONE = {};

  final String name;
  final String value;

  /** Its place among the pairs in order of their first appearance. */
  final int number;

  /** The numbers of name and value in the symbol table, once that is written. */
  int nameSymbol;

  int valueSymbol;

  private int count;
  private int first;
  private int last;
  private byte[] differences = NONE;
  private int size;

  LabelPair(String name, String value, int number) {
    this.name = name;
    this.value = value;
    this.number = number;
  }

  /** Adds a series' reference, which is greater (as an unsigned number) than those before. */
  void add(int reference) {
    if (count == 0) {
      first = reference;
    } else {
      int rest = reference - last;
      if (size + 5 > differences.length) {
        differences = Arrays.copyOf(differences, Math.max(8, differences.length * 3 / 2 + 5));
      }
      while ((rest & ~0x7f) != 0) {
        differences[size++] = (byte) (rest | 0x80);
        rest >>>= 7;
      }
      differences[size++] = (byte) rest;
    }
    last = reference;
    count++;
  }

  /** Writes the number of series and their references. */
  void writeTo(OutputBytes out) {
    out.putInt(count);
    if (count == 0) {
      return;
    }
    int reference = first;
    out.putInt(reference);
    int at = 0;
    for (int i = 1; i < count; i++) {
      int difference = 0;
      int shift = 0;
      int b;
      do {
        b = differences[at++];
        difference |= (b & 0x7f) << shift;
        shift += 7;
      } while (b < 0);
      reference += difference;
      out.putInt(reference);
    }
  }
}
