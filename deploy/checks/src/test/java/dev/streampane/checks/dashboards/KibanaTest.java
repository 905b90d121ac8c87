// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.dashboards;

import static dev.streampane.checks.facts.Sources.items;
import static dev.streampane.checks.facts.Sources.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.checks.facts.Sources;
import dev.streampane.local.server.Checkout;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The saved objects that Kibana imports. */
class KibanaTest {

    static final Path FOLDER = Checkout.root().resolve("deploy/dashboards/kibana");

    /** A saved object. */
    record Saved(JsonNode json) {

        String type() {
            return text(json, "/type");
        }

        JsonNode attributes() {
            return json.path("attributes");
        }

        String title() {
            return text(json, "/attributes/title");
        }

        /** A text of JSON among the attributes. */
        JsonNode nested(String pointer) {
            return Sources.json(text(attributes(), pointer));
        }

        JsonNode searchSource() {
            return nested("/kibanaSavedObjectMeta/searchSourceJSON");
        }

        /** The object that a reference of this name leads to. */
        String referred(String name) {
            return items(json, "/references")
                    .filter(it -> text(it, "/name").equals(name))
                    .map(it -> text(it, "/type") + "/" + text(it, "/id"))
                    .findFirst()
                    .orElse("nothing: " + name);
        }

        /** The data view of a visualization: its title is the index that is asked. */
        Saved dataView() {
            String key = referred(text(searchSource(), "/indexRefName"));
            return objects().stream()
                    .filter(it -> it.toString().equals(key))
                    .findAny()
                    .orElseThrow(() -> new AssertionError(this + " has no data view"));
        }

        @Override
        public String toString() {
            return type() + "/" + text(json, "/id");
        }
    }

    static List<Saved> objects() {
        return Sources.text(FOLDER.resolve("export.ndjson"))
                .lines()
                .map(line -> new Saved(Sources.json(line)))
                .toList();
    }

    static List<Saved> visualizations() {
        return ofType("visualization");
    }

    static List<Saved> ofType(String type) {
        return objects().stream().filter(it -> it.type().equals(type)).toList();
    }

    @ParameterizedTest
    @MethodSource("objects")
    void shouldReferOnlyToWhatIsInTheFile(Saved object) {
        // Given
        Set<String> keys = objects().stream().map(Saved::toString).collect(Collectors.toSet());
        // When
        Stream<String> referred = items(object.json(), "/references").map(it -> object.referred(text(it, "/name")));
        // Then
        assertThat(keys).hasSameSizeAs(objects()).containsAll(referred.toList());
    }

    /** A new generation reads again what the one before has read. */
    @Test
    void shouldTellGenerationsOfTheAuditApart() {
        assertThat(visualizations().stream().map(PanelSearch::of).filter(it -> it.index()
                        .equals("audit")))
                .isNotEmpty()
                .allSatisfy(it -> assertThat(it.buckets())
                        .extracting(PanelSearch.Agg::field)
                        .contains("generation"));
    }

    @Test
    void shouldShowEachPanelByAReference() {
        Set<String> shown = new TreeSet<>();
        for (Saved dashboard : ofType("dashboard")) {
            for (JsonNode panel : dashboard.nested("/panelsJSON")) {
                shown.add(dashboard.referred(text(panel, "/panelIndex") + ":" + text(panel, "/panelRefName")));
            }
        }
        assertThat(shown)
                .containsExactlyInAnyOrderElementsOf(
                        visualizations().stream().map(Saved::toString).toList());
    }
}
