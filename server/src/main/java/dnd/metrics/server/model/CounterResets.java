package dnd.metrics.server.model;

/** Whether a histogram can have grown out of the one before it. */
final class CounterResets {
  private CounterResets() {}

  static boolean detect(Histogram now, Histogram before) {
    switch (now.counterResetHint()) {
      case RESET -> {
        return true;
      }
      case NOT_RESET -> {
        return false;
      }
      case UNKNOWN, GAUGE -> {
        // Gauges are compared too: functions for counters take them, and warn.
      }
    }
    if (now.count() < before.count()) {
      return true;
    }
    if (now.hasCustomBuckets()) {
      if (!before.hasCustomBuckets()) {
        return true;
      }
      if (!Histogram.sameBounds(now.customValues(), before.customValues())) {
        return customBucketShrank(now, before);
      }
    }
    // A finer schema or a narrower zero bucket only comes with a new start.
    if (now.schema() > before.schema() || now.zeroThreshold() < before.zeroThreshold()) {
      return true;
    }
    ZeroBucket zero = ZeroBucket.of(before);
    if (!now.hasCustomBuckets()) {
      zero = zero.widened(now.zeroThreshold(), before);
    }
    if (zero.threshold() != now.zeroThreshold() || now.zeroCount() < zero.count()) {
      return true;
    }
    return bucketShrank(now, now.positive(), before, before.positive())
        || bucketShrank(now, now.negative(), before, before.negative());
  }

  private static boolean customBucketShrank(Histogram now, Histogram before) {
    double[] common = CustomBounds.intersection(now.customValues(), before.customValues());
    double[] counts = CustomBounds.spread(now.positive(), now.customValues(), common);
    double[] countsBefore = CustomBounds.spread(before.positive(), before.customValues(), common);
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] < countsBefore[i]) {
        return true;
      }
    }
    return false;
  }

  private static boolean bucketShrank(
      Histogram now, Buckets buckets, Histogram before, Buckets bucketsBefore) {
    int schema = now.schema();
    int at = 0;
    int i = 0;
    boolean beyondZeroBucket = now.zeroThreshold() == 0 || now.hasCustomBuckets();
    while (i < bucketsBefore.size()) {
      int index = reduced(bucketsBefore.index(i), before, schema);
      double count = bucketsBefore.count(i++);
      while (i < bucketsBefore.size() && reduced(bucketsBefore.index(i), before, schema) == index) {
        count += bucketsBefore.count(i++);
      }
      if (!beyondZeroBucket) {
        if (BucketBounds.exponential(index, schema) <= now.zeroThreshold()) {
          continue;
        }
        beyondZeroBucket = true;
      }
      while (at < buckets.size() && buckets.index(at) < index) {
        at++;
      }
      boolean there = at < buckets.size() && buckets.index(at) == index;
      if (there ? buckets.count(at) < count : count != 0) {
        return true;
      }
    }
    return false;
  }

  private static int reduced(int index, Histogram from, int schema) {
    return from.schema() == schema
        ? index
        : BucketBounds.reducedIndex(index, from.schema(), schema);
  }
}
