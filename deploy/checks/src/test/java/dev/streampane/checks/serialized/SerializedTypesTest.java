// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.serialized;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.checks.facts.Service;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AnnotationNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldNode;
import org.objectweb.asm.tree.MethodNode;

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
        Map<String, ClassNode> classes = new HashMap<>();
        Service.named(service).orElseThrow().compiled().forEach(node -> classes.put(node.name.replace('/', '.'), node));
        return classes;
    }

    /** What is handed to Jackson, with all that is in it. */
    private static Set<String> given(Map<String, ClassNode> classes) {
        Set<String> types = new TreeSet<>();
        classes.values().forEach(owner -> types.addAll(JsonCode.typesGivenBy(owner)));
        return withMembers(types, classes);
    }

    /** What Quarkus registers by itself: what JAX-RS methods return, with all that is in it. */
    private static Set<String> returned(Map<String, ClassNode> classes) {
        Set<String> types = new TreeSet<>();
        for (ClassNode owner : classes.values()) {
            for (MethodNode method : owner.methods) {
                if (annotations(method.visibleAnnotations)
                        .anyMatch(annotation -> HTTP_METHOD.matcher(annotation).matches())) {
                    String signature = method.signature == null ? method.desc : method.signature;
                    own(signature.substring(signature.indexOf(')')), types);
                }
            }
        }
        return withMembers(types, classes);
    }

    private static Set<String> withMembers(Set<String> types, Map<String, ClassNode> classes) {
        Set<String> all = new TreeSet<>(types);
        Deque<String> open = new ArrayDeque<>(types);
        while (!open.isEmpty()) {
            ClassNode type = classes.get(open.remove());
            if (type == null) {
                continue;
            }
            Set<String> members = new TreeSet<>();
            own(Type.getObjectType(type.superName).getDescriptor(), members);
            for (FieldNode field : type.fields) {
                own(field.signature == null ? field.desc : field.signature, members);
            }
            members.removeAll(all);
            all.addAll(members);
            open.addAll(members);
        }
        return all;
    }

    private static void own(String signature, Set<String> types) {
        OWN.matcher(signature)
                .results()
                .map(found ->
                        Type.getObjectType("dev/streampane/" + found.group(1)).getClassName())
                .forEach(types::add);
    }

    private static boolean isAnnotated(ClassNode type) {
        return type != null
                && (annotations(type.visibleAnnotations).anyMatch(REGISTERED::equals)
                        || annotations(type.invisibleAnnotations).anyMatch(REGISTERED::equals));
    }

    private static Stream<String> annotations(List<AnnotationNode> nodes) {
        return nodes == null ? Stream.of() : nodes.stream().map(annotation -> annotation.desc);
    }
}
