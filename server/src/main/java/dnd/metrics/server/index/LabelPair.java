package dnd.metrics.server.index;

import dnd.metrics.server.model.Labels;
import java.util.Collection;
import org.roaringbitmap.RoaringBitmap;

/**
 * One label with one value, as a {@link LabelIndex} knows it: the one copy of both strings, and the
 * series that have it.
 */
public final class LabelPair implements Comparable<LabelPair> {
  private static final int NONE = -1;

  final LabelPostings label;
  private final String value;
  final PostingList series = new PostingList();

  private int list = NONE;
  private int place;

  LabelPair(LabelPostings label, String value) {
    this.label = label;
    this.value = value;
  }

  /** A new array of a pair and those behind it. */
  public static LabelPair[] pairs(LabelPair first, LabelPair[] others) {
    LabelPair[] all = new LabelPair[others.length + 1];
    all[0] = first;
    System.arraycopy(others, 0, all, 1, others.length);
    return all;
  }

  /** The value that a pair or those behind it have for a name; the empty string for none. */
  public static String value(LabelPair first, LabelPair[] others, String name) {
    if (first.label.name.equals(name)) {
      return first.value;
    }
    for (LabelPair pair : others) {
      if (pair.label.name.equals(name)) {
        return pair.value;
      }
    }
    return "";
  }

  /** Labels of pairs that are sorted by name. */
  public static Labels labels(LabelPair[] pairs) {
    String[] strings = new String[2 * pairs.length];
    for (int i = 0; i < pairs.length; i++) {
      pairs[i].put(strings, i);
    }
    return Labels.ofSorted(strings);
  }

  /** Labels of a pair and those behind it, sorted by name. */
  public static Labels labels(LabelPair first, LabelPair[] others) {
    String[] strings = new String[2 * others.length + 2];
    first.put(strings, 0);
    for (int i = 0; i < others.length; i++) {
      others[i].put(strings, i + 1);
    }
    return Labels.ofSorted(strings);
  }

  /** Of the same labels those whose names are among some, or those whose names are not. */
  public static Labels labels(
      LabelPair first, LabelPair[] others, Collection<String> names, boolean areWanted) {
    int wanted = names.contains(first.label.name) == areWanted ? 1 : 0;
    for (LabelPair pair : others) {
      wanted += names.contains(pair.label.name) == areWanted ? 1 : 0;
    }
    String[] strings = new String[2 * wanted];
    int n = 0;
    if (names.contains(first.label.name) == areWanted) {
      first.put(strings, n++);
    }
    for (int i = 0; n < wanted; i++) {
      if (names.contains(others[i].label.name) == areWanted) {
        others[i].put(strings, n++);
      }
    }
    return Labels.ofSorted(strings);
  }

  private void put(String[] strings, int place) {
    strings[2 * place] = label.name;
    strings[2 * place + 1] = value;
  }

  /** Whether it is the {@code i}th of some labels. */
  public boolean isIn(Labels labels, int i) {
    return value.equals(labels.value(i)) && label.name.equals(labels.name(i));
  }

  /** {@link Labels#hashCode} of the labels of pairs that are sorted by name. */
  public static int hash(LabelPair[] pairs) {
    int hash = 1;
    for (LabelPair pair : pairs) {
      hash = 31 * (31 * hash + pair.label.name.hashCode()) + pair.value.hashCode();
    }
    return hash;
  }

  /** As {@link Labels#compareTo} orders the labels of pairs that are sorted by name. */
  public static int compare(LabelPair[] a, LabelPair[] b) {
    int n = Math.min(a.length, b.length);
    for (int i = 0; i < n; i++) {
      int c = a[i].compareTo(b[i]);
      if (c != 0) {
        return c;
      }
    }
    return Integer.compare(a.length, b.length);
  }

  /** Orders by name, then by value, as {@link Labels#compareTo} does. */
  @Override
  public int compareTo(LabelPair other) {
    if (this == other) {
      return 0;
    }
    int c = label == other.label ? 0 : Labels.compareCodePoints(label.name, other.label.name);
    return c != 0 ? c : Labels.compareCodePoints(value, other.value);
  }

  public String name() {
    return label.name;
  }

  public String value() {
    return value;
  }

  /** The numbers of the series that have it. Shared: not to be changed. */
  public RoaringBitmap having() {
    return series.toBitmap();
  }

  /** Puts the numbers of the series that have it in place, before anybody adds or reads. */
  public void restore(RoaringBitmap numbers) {
    series.restore(numbers);
  }

  /** The same for a few numbers, ascending. */
  public void restore(int[] few) {
    series.restore(few);
  }

  /**
   * Its place in a numbered list of pairs, or -1 where it is not in that list. There is room for
   * one list at a time; it belongs to the one thread that makes such lists.
   */
  public int placeIn(int listNumber) {
    return list == listNumber ? place : NONE;
  }

  /** Gives it a place in a list, which it then has instead of that in another list. */
  public void setPlace(int listNumber, int newPlace) {
    list = listNumber;
    place = newPlace;
  }
}
