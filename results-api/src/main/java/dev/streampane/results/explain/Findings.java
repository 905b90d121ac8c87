// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.streampane.results.store.ResultJson;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What an explanation found; each text begins with its subject: document, log, audit or inputs. */
final class Findings {

    private final List<String> words = new ArrayList<>();
    private final Set<String> checked = new HashSet<>();
    private boolean different;

    /** Adds a difference, which makes the verdict {@code different}. */
    void difference(String words) {
        different = true;
        this.words.add(words);
    }

    /** Adds a note, which does not change the verdict. */
    void note(String words) {
        this.words.add(words);
    }

    /** Marks fields of the result as checked against something other than the inputs. */
    void check(String... fields) {
        checked.addAll(List.of(fields));
    }

    Set<String> checked() {
        return checked;
    }

    boolean isDifferent() {
        return different;
    }

    ArrayNode json() {
        return ResultJson.JSON.valueToTree(words);
    }

    @Override
    public String toString() {
        return String.join("; ", words);
    }
}
