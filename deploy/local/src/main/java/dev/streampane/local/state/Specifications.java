// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.state;

import dev.streampane.contract.WindowSpec;
import dev.streampane.contract.WindowSpecParser;
import java.util.stream.Collectors;

/** Window specifications as people write them. */
public final class Specifications {

    private Specifications() {}

    /** In the spelling of {@code job-runs}; what is none as it is, for the jobs say what is wrong with it. */
    public static String canonical(String text) {
        try {
            return parse(text);
        } catch (IllegalArgumentException none) {
            return text;
        }
    }

    /**
     * The same of specifications alone.
     *
     * @throws IllegalArgumentException with the place of the first that is not allowed, and what is
     */
    public static String parse(String text) {
        return WindowSpecParser.parseList(text).stream()
                .map(WindowSpec::canonical)
                .collect(Collectors.joining(";"));
    }
}
