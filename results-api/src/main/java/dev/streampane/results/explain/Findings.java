// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.List;

/** What was found out about a window, in words that begin with whom they are about: document, log or audit. */
final class Findings {

    private final List<String> words = new ArrayList<>();
    private boolean different;

    /** Something that makes the window different from what is said of it. */
    void difference(String words) {
        different = true;
        this.words.add(words);
    }

    /** Something that is good to know. */
    void note(String words) {
        this.words.add(words);
    }

    boolean isDifferent() {
        return different;
    }

    ArrayNode json() {
        ArrayNode json = Comparison.JSON.createArrayNode();
        words.forEach(json::add);
        return json;
    }

    @Override
    public String toString() {
        return String.join("; ", words);
    }
}
