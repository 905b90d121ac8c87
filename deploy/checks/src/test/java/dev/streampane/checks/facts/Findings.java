// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.facts;

import java.util.ArrayList;
import java.util.List;

/** What is wrong with a file, in the order in which it was found. */
public final class Findings {

    private final List<String> all = new ArrayList<>();

    /** Says so, unless it is right. */
    public void unless(boolean right, String finding, Object... names) {
        if (!right) {
            say(finding, names);
        }
    }

    /** Says so. */
    public void say(String finding, Object... names) {
        all.add(finding.formatted(names));
    }

    /** Every finding. */
    public List<String> all() {
        return all;
    }
}
