// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.serialized;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.checks.facts.Service;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AnnotationNode;
import org.objectweb.asm.tree.ClassNode;

/**
 * A native executable has the members of a type for Jackson only when the build was told of the type: by Quarkus, which takes what JAX-RS
 * methods return, or by {@code @RegisterForReflection}.
 */
class SerializedTypesTest {

    private static final Pattern OWN = Pattern.compile("Ldev/streampane/([\\w/$]+)[;<]");
    private static final String REGISTERED = "Lio/quarkus/runtime/annotations/RegisterForReflection;";
    private static final Pattern HTTP_METHOD = Pattern.compile("Ljakarta/ws/rs/(GET|PUT|POST|DELETE|PATCH|HEAD);");

    /** What Jackson writes without looking at members; the one map is of texts, numbers and truths. */
    private static final Pattern PLAIN = Pattern.compile(
            "java\\.lang\\.String|byte\\[\\]|com\\.fasterxml\\.jackson\\.databind\\.(JsonNode|node\\..*)"
                    + "|java\\.util\\.TreeMap");

    @ParameterizedTest
    @ValueSource(strings = {"results-api", "iot-simulator", "transaction-simulator"})
    void shouldBeRegistered(String service) {
        Map<String, ClassNode> classes = classes(service);
        Set<String> given = given(classes);

        Set<String> missing = new TreeSet<>(given);
        missing.removeIf(type -> PLAIN.matcher(type).matches());
        missing.removeAll(returned(classes));
        missing.removeIf(type -> isAnnotated(classes.get(type)));

        assertThat(given).isNotEmpty();
        assertThat(missing)
                .as("types of %s to annotate with @RegisterForReflection", service)
                .isEmpty();
    }

    @Test
    void shouldFindTypesThatOnlyTheAnnotationRegisters() {
        Map<String, ClassNode> classes = classes("iot-simulator");

        Set<String> given = given(classes);
        given.removeAll(returned(classes));

        assertThat(given).contains("dev.streampane.simulation.Problem", "dev.streampane.simulation.Violation");
    }

    @Test
    void shouldKnowWhatResourcesReturnWithAllThatIsInIt() {
        assertThat(returned(classes("iot-simulator")))
                .contains(
                        "dev.streampane.iot.IotState",
                        "dev.streampane.iot.IotState$Tags",
                        "dev.streampane.simulation.DeliveryCounter$Counts",
                        "dev.streampane.simulation.FaultSettings$Shift",
                        "dev.streampane.simulation.Malformation");
        assertThat(returned(classes("results-api"))).contains("dev.streampane.results.query.JobResource$Jobs");
    }

    private static Map<String, ClassNode> classes(String service) {
        return Service.named(service).orElseThrow().compiled().stream()
                .collect(Collectors.toMap(node -> node.name.replace('/', '.'), node -> node));
    }

    /** What is handed to Jackson, with all that is in it. */
    private static Set<String> given(Map<String, ClassNode> classes) {
        return withMembers(classes.values().stream().flatMap(it -> JsonCode.typesGivenBy(it).stream()), classes);
    }

    /** What Quarkus registers by itself: what JAX-RS methods return, with all that is in it. */
    private static Set<String> returned(Map<String, ClassNode> classes) {
        return withMembers(
                classes.values().stream()
                        .flatMap(owner -> owner.methods.stream())
                        .filter(method -> annotations(method.visibleAnnotations)
                                .anyMatch(it -> HTTP_METHOD.matcher(it).matches()))
                        .map(method -> method.signature == null ? method.desc : method.signature)
                        .flatMap(signature -> own(signature.substring(signature.indexOf(')')))),
                classes);
    }

    private static Set<String> withMembers(Stream<String> types, Map<String, ClassNode> classes) {
        Set<String> all = new TreeSet<>();
        Deque<String> open = new ArrayDeque<>(types.toList());
        while (!open.isEmpty()) {
            String name = open.remove();
            if (all.add(name) && classes.containsKey(name)) {
                classes.get(name).fields.stream()
                        .flatMap(field -> own(field.signature == null ? field.desc : field.signature))
                        .forEach(open::add);
                own(Type.getObjectType(classes.get(name).superName).getDescriptor())
                        .forEach(open::add);
            }
        }
        return all;
    }

    private static Stream<String> own(String signature) {
        return OWN.matcher(signature).results().map(it -> Type.getObjectType("dev/streampane/" + it.group(1))
                .getClassName());
    }

    private static boolean isAnnotated(ClassNode type) {
        return type != null
                && Stream.of(type.visibleAnnotations, type.invisibleAnnotations)
                        .flatMap(SerializedTypesTest::annotations)
                        .anyMatch(REGISTERED::equals);
    }

    private static Stream<String> annotations(List<AnnotationNode> nodes) {
        return Stream.ofNullable(nodes).flatMap(List::stream).map(annotation -> annotation.desc);
    }
}
