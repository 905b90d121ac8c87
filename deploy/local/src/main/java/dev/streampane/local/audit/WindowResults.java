// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.audit;

import dev.streampane.contract.PublishedResult;
import dev.streampane.local.audit.AuditReport.Finding;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** The last revisions of all windows that end at one time, and what is wrong with their revision numbers. */
final class WindowResults extends EndPasses.Held {

    /** Estimated size of a last revision, in a hash table that is half empty. */
    private static final int REVISION_BYTES = 48;

    /** Estimated size of a string, without its characters. */
    private static final int TEXT_BYTES = 64;

    private static final int WINDOW_BYTES = 256;
    private static final int FINDING_BYTES = 512;
    private static final int FEW_KEYS = 4;

    /** By key where lines count per window, else by window id. These strings are interned, as a key is in many windows. */
    private final Map<WindowCheck.WindowKey, Map<String, Last>> revisions = new HashMap<>(FEW_KEYS);

    private final List<Finding> wrong = new ArrayList<>(0);

    private record Last(int rev, long count) {}

    /**
     * Takes the next revision of a key's window.
     *
     * @param perWindow whether the lines count the rows of each window
     * @return the number of the revision before it, 0 for the first
     */
    int revised(WindowCheck.WindowKey of, boolean perWindow, PublishedResult result) {
        Map<String, Last> ofOne = revisions.get(of);
        if (ofOne == null) {
            ofOne = new IdentityHashMap<>(FEW_KEYS);
            revisions.put(of, ofOne);
            bytes += WINDOW_BYTES;
        }
        String key = (perWindow ? result.key() : result.id()).intern();
        Last before = ofOne.put(key, new Last((int) result.version().rev(), result.count()));
        if (before != null) {
            return before.rev();
        }
        bytes += REVISION_BYTES + (perWindow ? 0 : TEXT_BYTES + key.length());
        return 0;
    }

    void wrong(Finding finding) {
        if (wrong.size() < Findings.MOST) {
            wrong.add(finding);
            bytes += FINDING_BYTES;
        }
    }

    List<Finding> wrong() {
        return wrong;
    }

    boolean has(WindowCheck.WindowKey of) {
        return revisions.containsKey(of);
    }

    /** The counts of the last revisions, by the key or id of {@link #revisions}. */
    Map<String, Long> counts(WindowCheck.WindowKey of) {
        Map<String, Long> counts = new HashMap<>();
        revisions.getOrDefault(of, Map.of()).forEach((key, last) -> counts.put(key, last.count()));
        return counts;
    }
}
