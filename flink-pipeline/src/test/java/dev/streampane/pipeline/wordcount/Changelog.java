// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.wordcount;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What rows of a changelog say, read as a stranger would. */
final class Changelog {

    private static final Pattern ROW = Pattern.compile("([+-][IU])\\[(.*), ([0-9]+)]");

    private Changelog() {}

    /** The counts: the last +I or +U of each word. */
    static Map<String, Long> fold(List<String> rows) {
        Map<String, Long> counts = new TreeMap<>();
        for (String row : rows) {
            Matcher parts = parts(row);
            if (!parts.group(1).equals("-U")) {
                counts.put(parts.group(2), Long.parseLong(parts.group(3)));
            }
        }
        return counts;
    }

    /** Each word has {@code +I 1, -U 1, +U 2, -U 2, +U 3 …} and nothing else, in this order. */
    static void assertWhole(List<String> rows) {
        Map<String, List<String>> rowsOfWords = new TreeMap<>();
        for (String row : rows) {
            rowsOfWords
                    .computeIfAbsent(parts(row).group(2), word -> new ArrayList<>())
                    .add(row);
        }
        rowsOfWords.forEach((word, said) -> {
            List<String> expected = new ArrayList<>();
            expected.add("+I[%s, 1]".formatted(word));
            for (int count = 2; expected.size() < said.size(); count++) {
                expected.add("-U[%s, %d]".formatted(word, count - 1));
                expected.add("+U[%s, %d]".formatted(word, count));
            }
            assertThat(said).isEqualTo(expected);
        });
    }

    /** Counts of words, counted here. */
    static Map<String, Long> count(List<String> words) {
        Map<String, Long> counts = new TreeMap<>();
        words.forEach(word -> counts.merge(word, 1L, Long::sum));
        return counts;
    }

    private static Matcher parts(String row) {
        Matcher parts = ROW.matcher(row);
        assertThat(parts.matches()).as(row).isTrue();
        return parts;
    }
}
