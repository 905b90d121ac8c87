// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.workflows;

import static dev.streampane.checks.facts.Sources.items;
import static dev.streampane.checks.facts.Sources.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.checks.facts.Ports;
import dev.streampane.checks.facts.Sources;
import dev.streampane.local.control.StackPort;
import dev.streampane.local.server.Checkout;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What GitHub shows whoever opens an issue or a codespace; what it cannot read it leaves out without a word. */
class IssueFormsTest {

    private static final Path DEVCONTAINER = Checkout.root().resolve(".devcontainer/devcontainer.json");

    private static final String[] TYPES = {"markdown", "input", "textarea", "dropdown", "checkboxes"};

    static List<Path> forms() {
        return Sources.files(".github/ISSUE_TEMPLATE");
    }

    @ParameterizedTest
    @MethodSource("forms")
    void shouldBeAForm(Path file) {
        // When
        JsonNode form = Sources.tree(file);
        List<JsonNode> body = items(form, "/body").toList();
        List<JsonNode> questions = body.stream()
                .filter(it -> !text(it, "/type").equals("markdown"))
                .toList();

        // Then
        assertThat(text(form, "/name")).isNotBlank();
        assertThat(text(form, "/description")).isNotBlank();
        assertThat(body).extracting(it -> text(it, "/type")).isSubsetOf(TYPES);
        assertThat(questions).isNotEmpty();
        assertThat(questions)
                .extracting(it -> text(it, "/id"))
                .doesNotHaveDuplicates()
                .allMatch(id -> id.matches("[\\w-]+"));
        assertThat(questions)
                .extracting(it -> text(it, "/attributes/label"))
                .doesNotHaveDuplicates()
                .doesNotContain("");
    }

    @Test
    void shouldInstallWhatTestsAndPagesNeed() {
        // When
        JsonNode container = Sources.tree(DEVCONTAINER);

        // Then
        assertThat(text(container, "/postCreateCommand")).endsWith(" && sudo .ci/packages");
        assertThat(Checkout.root().resolve(".ci/packages"))
                .isExecutable()
                .content()
                .contains(" kcat:kcat", " jq:jq");
    }

    @Test
    void shouldForwardPortsOfTheStack() {
        // When
        JsonNode container = Sources.tree(DEVCONTAINER);
        List<Integer> forwarded =
                items(container, "/forwardPorts").map(JsonNode::asInt).toList();

        // Then
        assertThat(forwarded)
                .isNotEmpty()
                .isSubsetOf(Stream.of(StackPort.values()).map(Ports::of).toList());
        assertThat(Sources.fields(container.path("portsAttributes")).keySet())
                .extracting(Integer::valueOf)
                .containsExactlyInAnyOrderElementsOf(forwarded);
    }
}
