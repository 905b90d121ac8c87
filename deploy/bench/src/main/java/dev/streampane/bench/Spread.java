// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import java.util.Collection;
import java.util.List;

/** What some runs gave; of an even number the median is the larger one in the middle. */
record Spread(double median, double min, double max) {

    static Spread of(Collection<Double> figures) {
        List<Double> sorted = figures.stream().sorted().toList();
        return new Spread(sorted.get(sorted.size() / 2), sorted.get(0), sorted.get(sorted.size() - 1));
    }
}
