// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot.tags;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which tags there are and how their rows come.
 *
 * @param integers tags of whole numbers
 * @param doubles tags of numbers with at most three decimals
 * @param strings tags of texts
 * @param texts what a tag of texts shows
 * @param rowsPerMessage most rows of one message; each second begins a new one
 * @param oldProbability how often a row is old on purpose
 * @param oldBy the greatest age of such a row
 */
public record TagSettings(
        Numbers integers,
        Numbers doubles,
        Names strings,
        List<String> texts,
        int rowsPerMessage,
        double oldProbability,
        Duration oldBy,
        long seed) {

    /** Names {@code <prefix>001} and so on. */
    public record Names(String prefix, int first, int count) {

        List<String> all() {
            return IntStream.range(first, first + count)
                    .mapToObj(number -> prefix + (number < 100 ? "0" : "") + (number < 10 ? "0" : "") + number)
                    .toList();
        }
    }

    /** Tags of numbers from {@code min} to {@code max}. */
    public record Numbers(Names names, BigDecimal min, BigDecimal max) {}
}
