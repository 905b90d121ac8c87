// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import java.util.Collection;
import java.util.List;

/** Median, minimum and maximum of several runs; with an even number of runs, the median is the larger of the two in the middle. */
record Spread(double median, double min, double max) {

    static Spread of(Collection<Double> figures) {
        List<Double> sorted = figures.stream().sorted().toList();
        return new Spread(sorted.get(sorted.size() / 2), sorted.get(0), sorted.get(sorted.size() - 1));
    }
}
