// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import static dev.streampane.checks.facts.Sources.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.checks.Tools;
import dev.streampane.checks.Tools.Ended;
import dev.streampane.checks.facts.Sources;
import dev.streampane.local.server.Checkout;
import dev.streampane.local.server.Installed;
import io.fabric8.zjsonpatch.JsonPatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The objects of an overlay, as {@code kubectl apply -k} would apply them. */
record Manifests(List<ObjectNode> objects) {

    static final Path FOLDER = Checkout.root().resolve("deploy/kubernetes");

    /** The overlays, each a whole installation. */
    static final List<String> OVERLAYS = List.of("small", "dev", "production");

    private static final String PODS = "/spec/template/spec/";
    private static final Map<String, List<ObjectNode>> RENDERED = new HashMap<>();

    /** An overlay, rendered; a copy, which may be changed. */
    static synchronized Manifests of(String overlay) {
        List<ObjectNode> rendered =
                RENDERED.computeIfAbsent(overlay, name -> render(FOLDER.resolve("overlays/" + name)).objects);
        return new Manifests(rendered.stream().map(ObjectNode::deepCopy).toList());
    }

    /** A folder as {@code kubectl} renders it; without one that has kustomize 5 the test is skipped, and fails where CI runs. */
    static Manifests render(Path folder) {
        boolean there = Installed.find("kubectl").isPresent()
                && kubectl("version", "--client").output().matches("(?s).*Kustomize Version: v(?:[5-9]|\\d\\d).*");
        Installed.require(there, "kubectl 1.27 or newer is missing (Debian 13's package kubectl)");
        Ended ended = kubectl("kustomize", folder.toString());
        assertThat(ended.code()).as(ended.output()).isZero();
        return new Manifests(Sources.objects(ended.output()));
    }

    private static Ended kubectl(String does, String what) {
        try {
            return Tools.run(FOLDER, List.of("kubectl", does, what));
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The same with the change of an object, which is named by kind and name: an operation of JSON 6902. */
    Manifests changed(String object, String change) {
        String[] names = object.split(" ");
        ObjectNode changed = get(names[0], names[1]);
        ObjectNode patched =
                (ObjectNode) JsonPatch.apply(Sources.tree("[{op: " + change.replace("POD/", PODS) + "}]"), changed);
        changed.removeAll();
        changed.setAll(patched);
        return this;
    }

    /** The objects of a kind. */
    List<ObjectNode> all(String kind) {
        return objects.stream().filter(it -> text(it, "/kind").equals(kind)).toList();
    }

    /** An object of a kind by its name. */
    Optional<ObjectNode> find(String kind, String name) {
        return all(kind).stream().filter(it -> plain(it).equals(name)).findFirst();
    }

    /** An object that must be there. */
    ObjectNode get(String kind, String name) {
        return find(kind, name).orElseThrow(() -> new AssertionError("there is no " + kind + " " + name));
    }

    /** What runs pods. */
    List<Pods> pods() {
        return objects.stream().flatMap(Pods::of).toList();
    }

    /** The pods of jobs. */
    List<Pods> jobs() {
        return pods().stream().filter(Pods::isFlink).toList();
    }

    static String plain(JsonNode object) {
        return text(object, "/metadata/name");
    }

    /** Kind and name, for messages. */
    static String nameOf(JsonNode object) {
        return text(object, "/kind") + " " + plain(object);
    }
}
