// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import static dev.streampane.checks.facts.Sources.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.streampane.checks.facts.Sources;
import io.fabric8.zjsonpatch.JsonPatch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What {@code kubectl kustomize FOLDER} prints, for the part of kustomize that our manifests use; all else is refused, so that nobody
 * believes checked what is not.
 *
 * <p>A patch of a custom object is an RFC 7386 merge, as kustomize does it where it has no schema. One of a core object may not hold
 * lists, whose merge depends on the field, and then is the same. Whatever a patch does not hit is an error.
 */
final class Kustomization {

    private static final Pattern KEYS = Pattern.compile(
            "apiVersion|kind|namespace|resources|components|patches|images" + "|generatorOptions|configMapGenerator");

    private static final Set<String> CLUSTER_WIDE = Set.of("Namespace", "ClusterRole");

    private final List<ObjectNode> objects = new ArrayList<>();
    private final Set<Path> files = new TreeSet<>();

    private Kustomization() {}

    /** Renders a folder; {@link #objects()} and {@link #files()} tell the outcome. */
    static Kustomization of(Path folder) {
        Kustomization kustomization = new Kustomization();
        kustomization.render(folder.toAbsolutePath().normalize(), kustomization.objects);
        return kustomization;
    }

    /** The objects that would be applied. */
    List<ObjectNode> objects() {
        return objects;
    }

    /** Every file that was read. */
    Set<Path> files() {
        return files;
    }

    private void render(Path folder, List<ObjectNode> own) {
        Path file = folder.resolve("kustomization.yaml");
        JsonNode kustomization = Sources.tree(read(file));
        kustomization
                .fieldNames()
                .forEachRemaining(key -> require(KEYS.matcher(key).matches(), file + ": key " + key));
        for (JsonNode resource : kustomization.path("resources")) {
            Path path = folder.resolve(resource.asText()).normalize();
            own.addAll(Files.isDirectory(path) ? nested(path) : Sources.objects(read(path)));
        }
        for (JsonNode generator : kustomization.path("configMapGenerator")) {
            own.add(configMap(folder, generator, kustomization.path("generatorOptions"), file));
        }
        for (JsonNode component : kustomization.path("components")) {
            render(folder.resolve(component.asText()).normalize(), own);
        }
        for (JsonNode patch : kustomization.path("patches")) {
            patch(own, patch, folder, file);
        }
        for (JsonNode image : kustomization.path("images")) {
            image(own, image, file);
        }
        if (kustomization.has("namespace")) {
            own.stream()
                    .filter(object -> !CLUSTER_WIDE.contains(text(object, "/kind")))
                    .forEach(it -> it.withObject("/metadata").set("namespace", kustomization.get("namespace")));
        }
    }

    private List<ObjectNode> nested(Path folder) {
        Kustomization nested = of(folder);
        files.addAll(nested.files);
        return nested.objects;
    }

    private ObjectNode configMap(Path folder, JsonNode generator, JsonNode options, Path file) {
        require(options.path("disableNameSuffixHash").asBoolean(), file + ": names with a hash");
        ObjectNode map =
                JsonNodeFactory.instance.objectNode().put("apiVersion", "v1").put("kind", "ConfigMap");
        map.putObject("metadata").set("name", generator.get("name"));
        ObjectNode data = map.putObject("data");
        for (JsonNode entry : generator.path("files")) {
            Path path = folder.resolve(entry.asText()).normalize();
            require(path.startsWith(folder), file + ": " + entry.asText() + " is not below it");
            data.put(path.getFileName().toString(), read(path));
        }
        return map;
    }

    private void patch(List<ObjectNode> own, JsonNode patch, Path folder, Path file) {
        String text = patch.has("path")
                ? read(folder.resolve(patch.get("path").asText()).normalize())
                : text(patch, "/patch");
        require(!text.startsWith("["), file + ": a patch that begins with [, which is JSON there");
        JsonNode change = Sources.tree(text);
        JsonNode target = patch.has("target") ? patch.get("target") : targetOf(change);
        List<ObjectNode> hit =
                own.stream().filter(object -> matches(object, target)).toList();
        require(!hit.isEmpty(), file + ": a patch hits nothing, target " + target);
        if (text(change, "/$patch").equals("delete")) {
            own.removeAll(hit);
            return;
        }
        for (ObjectNode object : hit) {
            if (change.isArray()) {
                JsonNode patched = JsonPatch.apply(change, object);
                object.removeAll();
                object.setAll((ObjectNode) patched);
            } else {
                ObjectNode merge = (ObjectNode) change.deepCopy();
                merge.remove(List.of("apiVersion", "kind", "metadata"));
                if (change.path("metadata").has("labels")) {
                    merge.putObject("metadata").set("labels", change.at("/metadata/labels"));
                }
                merge(object, merge, isCustom(object), file);
            }
        }
    }

    /** Another name or tag of an image of containers; custom objects' own fields kustomize does not know. */
    private static void image(List<ObjectNode> own, JsonNode change, Path file) {
        String name = text(change, "/name") + ":";
        List<JsonNode> hit = own.stream()
                .flatMap(object -> object.findParents("image").stream()
                        .filter(holder -> holder != object.path("spec")
                                && holder.get("image").asText().startsWith(name)))
                .toList();
        require(!hit.isEmpty(), file + ": no container has the image " + name);
        for (JsonNode holder : hit) {
            String tag = holder.get("image").asText().substring(name.length());
            String changed = change.path("newName").asText(text(change, "/name")) + ":"
                    + change.path("newTag").asText(tag);
            ((ObjectNode) holder).put("image", changed);
        }
    }

    private static JsonNode targetOf(JsonNode change) {
        ObjectNode target = JsonNodeFactory.instance.objectNode().set("kind", change.path("kind"));
        return target.set("name", change.at("/metadata/name"));
    }

    private static boolean matches(JsonNode object, JsonNode target) {
        String apiVersion = text(object, "/apiVersion");
        String group = apiVersion.contains("/") ? apiVersion.split("/")[0] : "";
        return same(target, "kind", object.path("kind"))
                && Manifests.plain(object).matches(target.path("name").asText(".*"))
                && same(target, "group", TextNode.valueOf(group))
                && same(target, "version", TextNode.valueOf(apiVersion.substring(apiVersion.indexOf('/') + 1)));
    }

    private static boolean same(JsonNode target, String key, JsonNode value) {
        return !target.has(key) || target.get(key).equals(value);
    }

    private static boolean isCustom(JsonNode object) {
        String apiVersion = text(object, "/apiVersion");
        return apiVersion.contains(".") && !apiVersion.contains(".k8s.io/");
    }

    private static void merge(ObjectNode into, JsonNode change, boolean lists, Path file) {
        change.properties().forEach(field -> {
            JsonNode value = field.getValue();
            require(lists || !value.isArray(), file + ": a merge of the list " + field.getKey());
            if (value.isNull()) {
                into.remove(field.getKey());
            } else if (value.isObject()) {
                JsonNode old = into.path(field.getKey());
                merge(old.isObject() ? (ObjectNode) old : into.putObject(field.getKey()), value, lists, file);
            } else {
                into.set(field.getKey(), value);
            }
        });
    }

    private String read(Path file) {
        files.add(file);
        return Sources.text(file);
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalArgumentException("not allowed in " + what);
        }
    }
}
