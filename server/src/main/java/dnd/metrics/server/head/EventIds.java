package dnd.metrics.server.head;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The ids of a sender's recent events, by which a retry is known, with each event's place in the
 * stream. The last {@link #KEPT_AT_LEAST} are remembered in any case, up to {@link #KEPT_AT_MOST}
 * where they are not older than {@link #KEPT_MILLIS}. Guarded by the sender's lock. The log brings
 * them back after a restart.
 *
 * <p>There may be thousands of senders and tens of thousands of ids each: so an id is 32 bytes here
 * beside its text, which of a UUID is 17 bytes, and no object. Entries stand in rings in the order
 * in which they came; a table with linear probing (deletion by shifting back: Knuth, The Art of
 * Computer Programming, 6.4, algorithm R) finds an entry by the hash of its text.
 */
final class EventIds {
  static final int KEPT_AT_LEAST = 256;
  static final int KEPT_AT_MOST = 65_536;
  static final long KEPT_MILLIS = 10 * 60 * 1000L;

  private static final int LEAST_CAPACITY = 16;
  private static final int LONGEST_CHAR_BYTES = 3;
  private static final int UUID_LENGTH = 36;
  private static final byte UUID_FOLLOWS = (byte) 0xff;

  /** Unknown outside, so that nobody can choose ids that all meet in one place of the table. */
  private static final long HASH_FACTOR = ThreadLocalRandom.current().nextLong() | 1;

  /** How many were ever added; the newest one's number is one less. */
  private long added;

  /** How many of these are forgotten; the oldest one's number. */
  private long forgotten;

  /** Of each entry, at its number modulo their length, which is a power of two. */
  private long[] sequences = {};

  private long[] receivedMillis = {};
  private int[] hashes = {};

  /** Where its text begins, as {@link #textEnd} counts. */
  private int[] begins = {};

  /** Places in the rings, one added; 0 where there is nothing. Twice as long as the rings. */
  private int[] table = {};

  /** The texts, each byte at its number modulo the length, which is a power of two. */
  private byte[] texts = {};

  /** How many bytes all texts have that were ever added; it may run over. */
  private int textEnd;

  /** The event's place in the stream; null where the id is not known. */
  @Nullable Long sequenceOf(String id) {
    if (size() == 0) {
      return null;
    }
    byte[] text = encode(id);
    int place = find(text, hash(text));
    return place < 0 ? null : sequences[place];
  }

  void add(String id, long sequence, long received) {
    byte[] text = encode(id);
    int hash = hash(text);
    int known = size() == 0 ? -1 : find(text, hash);
    if (known >= 0) {
      sequences[known] = sequence;
      return;
    }
    while (size() >= KEPT_AT_LEAST
        && (size() >= KEPT_AT_MOST || receivedMillis[place(forgotten)] < received - KEPT_MILLIS)) {
      forget();
    }
    makeRoom(text.length);
    int place = place(added++);
    sequences[place] = sequence;
    receivedMillis[place] = received;
    hashes[place] = hash;
    begins[place] = textEnd;
    for (byte each : text) {
      texts[textPlace(textEnd++)] = each;
    }
    enter(place);
  }

  private int place(long number) {
    return (int) number & (sequences.length - 1);
  }

  private int textPlace(int number) {
    return number & (texts.length - 1);
  }

  private int textBegin() {
    return size() == 0 ? textEnd : begins[place(forgotten)];
  }

  /** How many bytes the text of the entry with a number has. */
  private int textLength(long number) {
    int end = number + 1 == added ? textEnd : begins[place(number + 1)];
    return end - begins[place(number)];
  }

  private void enter(int place) {
    int slot = hashes[place] & (table.length - 1);
    while (table[slot] != 0) {
      slot = (slot + 1) & (table.length - 1);
    }
    table[slot] = place + 1;
  }

  /** The place of an entry in the rings; -1 where there is none. */
  private int find(byte[] text, int hash) {
    int mask = table.length - 1;
    for (int slot = hash & mask; table[slot] != 0; slot = (slot + 1) & mask) {
      int place = table[slot] - 1;
      if (hashes[place] == hash && isText(text, place)) {
        return place;
      }
    }
    return -1;
  }

  private boolean isText(byte[] text, int place) {
    int begin = begins[place];
    long number = forgotten + ((place - place(forgotten)) & (sequences.length - 1));
    if (textLength(number) != text.length) {
      return false;
    }
    for (int i = 0; i < text.length; i++) {
      if (texts[textPlace(begin + i)] != text[i]) {
        return false;
      }
    }
    return true;
  }

  /** Forgets the oldest one. */
  private void forget() {
    int mask = table.length - 1;
    int place = place(forgotten);
    int free = hashes[place] & mask;
    while (table[free] != place + 1) {
      free = (free + 1) & mask;
    }
    for (int slot = (free + 1) & mask; table[slot] != 0; slot = (slot + 1) & mask) {
      int home = hashes[table[slot] - 1] & mask;
      if (((slot - home) & mask) >= ((slot - free) & mask)) {
        table[free] = table[slot];
        free = slot;
      }
    }
    table[free] = 0;
    forgotten++;
  }

  /** Makes rings larger where one more does not fit, and smaller where most is not used. */
  private void makeRoom(int textBytes) {
    int needed = size() + 1;
    if (needed > sequences.length || needed < sequences.length / 8) {
      moveEntries(Math.max(LEAST_CAPACITY, powerOfTwo(needed + needed / 2)));
    }
    int neededBytes = textEnd - textBegin() + textBytes;
    if (neededBytes > texts.length || neededBytes < texts.length / 8) {
      moveTexts(powerOfTwo(neededBytes + neededBytes / 2));
    }
  }

  /** The smallest one that is not smaller. */
  private static int powerOfTwo(int least) {
    return Math.max(1, Integer.highestOneBit(least - 1) << 1);
  }

  private void moveEntries(int capacity) {
    long[] newSequences = new long[capacity];
    long[] newReceivedMillis = new long[capacity];
    int[] newHashes = new int[capacity];
    int[] newBegins = new int[capacity];
    int[] newTable = new int[2 * capacity]; // before any is used: memory may be missing
    for (long number = forgotten; number < added; number++) {
      int from = place(number);
      int to = (int) number & (capacity - 1);
      newSequences[to] = sequences[from];
      newReceivedMillis[to] = receivedMillis[from];
      newHashes[to] = hashes[from];
      newBegins[to] = begins[from];
    }
    sequences = newSequences;
    receivedMillis = newReceivedMillis;
    hashes = newHashes;
    begins = newBegins;
    table = newTable;
    for (long number = forgotten; number < added; number++) {
      enter(place(number));
    }
  }

  private void moveTexts(int capacity) {
    byte[] newTexts = new byte[capacity];
    for (int number = textBegin(); number != textEnd; number++) {
      newTexts[number & (capacity - 1)] = texts[textPlace(number)];
    }
    texts = newTexts;
  }

  private static int hash(byte[] text) {
    long hash = text.length;
    for (byte each : text) {
      hash = (hash ^ each) * HASH_FACTOR;
      hash ^= hash >>> 29;
    }
    return (int) (hash ^ (hash >>> 32));
  }

  /**
   * Each char by itself as UTF-8 would have it, so that different ids differ also where a half of a
   * pair stands alone. Of a UUID in its usual form its bits, behind a byte that UTF-8 does not
   * have.
   */
  private static byte[] encode(String id) {
    return isUuid(id) ? encode(UUID.fromString(id)) : encodeChars(id);
  }

  private static boolean isUuid(String id) {
    if (id.length() != UUID_LENGTH) {
      return false;
    }
    for (int i = 0; i < UUID_LENGTH; i++) {
      char c = id.charAt(i);
      boolean hyphen = i == 8 || i == 13 || i == 18 || i == 23;
      boolean digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); // as it is made again
      if (hyphen ? c != '-' : !digit) {
        return false;
      }
    }
    return true;
  }

  private static byte[] encode(UUID id) {
    return ByteBuffer.allocate(1 + 2 * Long.BYTES)
        .put(UUID_FOLLOWS)
        .putLong(id.getMostSignificantBits())
        .putLong(id.getLeastSignificantBits())
        .array();
  }

  private static byte[] encodeChars(String id) {
    int n = 0;
    byte[] bytes = new byte[id.length()];
    for (int i = 0; i < id.length(); i++) {
      char c = id.charAt(i);
      if (c >= 0x80 && bytes.length - n < LONGEST_CHAR_BYTES * (id.length() - i)) {
        bytes = Arrays.copyOf(bytes, n + LONGEST_CHAR_BYTES * (id.length() - i));
      }
      if (c < 0x80) {
        bytes[n++] = (byte) c;
      } else if (c < 0x800) {
        bytes[n++] = (byte) (0xc0 | (c >> 6));
        bytes[n++] = (byte) (0x80 | (c & 0x3f));
      } else {
        bytes[n++] = (byte) (0xe0 | (c >> 12));
        bytes[n++] = (byte) (0x80 | ((c >> 6) & 0x3f));
        bytes[n++] = (byte) (0x80 | (c & 0x3f));
      }
    }
    return n == bytes.length ? bytes : Arrays.copyOf(bytes, n);
  }

  private long eightBytes(int at) {
    long bits = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      bits = bits << 8 | (texts[textPlace(at + i)] & 0xff);
    }
    return bits;
  }

  private String decode(long number) {
    int begin = begins[place(number)];
    int end = begin + textLength(number);
    if (begin != end && texts[textPlace(begin)] == UUID_FOLLOWS) {
      return new UUID(eightBytes(begin + 1), eightBytes(begin + 1 + Long.BYTES)).toString();
    }
    StringBuilder id = new StringBuilder(end - begin);
    for (int at = begin; at != end; ) {
      int first = texts[textPlace(at++)] & 0xff;
      int more = first < 0x80 ? 0 : first < 0xe0 ? 1 : 2;
      int c = more == 0 ? first : more == 1 ? first & 0x1f : first & 0x0f;
      for (; more > 0; more--) {
        c = (c << 6) | (texts[textPlace(at++)] & 0x3f);
      }
      id.append((char) c);
    }
    return id.toString();
  }

  void write(CheckpointBytes out) {
    out.unsigned(size());
    for (long number = forgotten; number < added; number++) {
      int place = place(number);
      out.string(decode(number));
      out.unsigned(sequences[place]);
      out.signed(receivedMillis[place]);
    }
  }

  void read(CheckpointCursor in) {
    for (int n = in.count(); n > 0; n--) {
      String id = in.string();
      long sequence = in.unsigned();
      add(id, sequence, in.signed());
    }
  }

  /** When the newest one was received, Unix milliseconds; the smallest long for none. */
  long newestMillis() {
    return size() == 0 ? Long.MIN_VALUE : receivedMillis[place(added - 1)];
  }

  int size() {
    return (int) (added - forgotten);
  }
}
