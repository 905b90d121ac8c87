// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.state;

import dev.streampane.contract.WindowSpec;
import dev.streampane.contract.WindowSpecParser;
import java.util.stream.Collectors;

/** Window specifications as people write them. */
public final class Specifications {

    private Specifications() {}

    /** The specifications in the spelling of {@code job-runs}. Other text is returned as it is: the job says what is wrong with it. */
    public static String canonical(String text) {
        try {
            return parse(text);
        } catch (IllegalArgumentException none) {
            return text;
        }
    }

    /**
     * The specifications in the spelling of {@code job-runs}.
     *
     * @throws IllegalArgumentException naming the position of the first error, and what is allowed there
     */
    public static String parse(String text) {
        return WindowSpecParser.parseList(text).stream()
                .map(WindowSpec::canonical)
                .collect(Collectors.joining(";"));
    }
}
