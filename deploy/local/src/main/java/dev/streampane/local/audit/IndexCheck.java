// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.audit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.local.audit.IndexReport.WrongIndex;
import dev.streampane.local.server.IndexTemplates;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Checks that indices were created with their templates and have their aliases. */
record IndexCheck(IndexStore store) {

    private static final String WITHOUT_TEMPLATE =
            "it was created without its template: stop index-results, delete this index"
                    + " and window-positions, put the templates ('streampane prepare'), and start a new generation of"
                    + " index-results from earliest";

    /**
     * Returns what is wrong with those of the log's indices that are in {@code indices}. One whose fields were not mapped by a template gets
     * no alias: a search over all indices of the alias would fail because of it.
     *
     * @param repair whether to add missing aliases instead
     */
    List<WrongIndex> check(IndexedLog log, Set<String> indices, boolean repair) throws IOException {
        List<WrongIndex> wrong = new ArrayList<>();
        JsonNode all = store.ask("GET", "/" + log.indices() + "?features=aliases,mappings", "");
        for (Map.Entry<String, JsonNode> index : all.properties()) {
            if (!indices.contains(index.getKey())) {
                continue;
            }
            Map<String, JsonNode> lacking = new TreeMap<>();
            IndexTemplates.aliases(index.getKey()).properties().stream()
                    .filter(alias -> !index.getValue().path("aliases").has(alias.getKey()))
                    .forEach(alias -> lacking.put(alias.getKey(), alias.getValue()));
            String job = index.getValue().at("/mappings/properties/job/type").asText();
            if (!job.equals("keyword")) { // as every template maps it
                wrong.add(new WrongIndex(index.getKey(), WITHOUT_TEMPLATE));
            } else if (repair) {
                for (Map.Entry<String, JsonNode> alias : lacking.entrySet()) {
                    String path = "/" + index.getKey() + "/_alias/" + alias.getKey();
                    store.ask("PUT", path, alias.getValue().toString());
                }
            } else if (!lacking.isEmpty()) {
                wrong.add(new WrongIndex(index.getKey(), "it lacks the alias " + String.join(", ", lacking.keySet())));
            }
        }
        return wrong;
    }
}
