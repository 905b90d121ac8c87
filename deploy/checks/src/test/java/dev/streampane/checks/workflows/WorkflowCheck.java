// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.workflows;

import static dev.streampane.checks.facts.Sources.items;
import static dev.streampane.checks.facts.Sources.text;
import static dev.streampane.checks.facts.Sources.texts;
import static java.util.stream.Collectors.toCollection;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.checks.facts.Findings;
import dev.streampane.checks.facts.Images;
import dev.streampane.checks.facts.Maven;
import dev.streampane.checks.facts.Ports;
import dev.streampane.checks.facts.Service;
import dev.streampane.checks.facts.Sources;
import dev.streampane.local.server.Checkout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What is wrong with a workflow that its schema allows. */
final class WorkflowCheck {

    private static final Path ROOT = Checkout.root();
    private static final Pattern PINNED = Pattern.compile("[\\w.-]+/[\\w./-]+@[0-9a-f]{40}");
    private static final Pattern USES = Pattern.compile("uses: (\\S+)(.*)");
    private static final Pattern TARGET = Pattern.compile("(?<![$\\w/-])([\\w/-]+)/target/");
    private static final Pattern MODULE_LIST = Pattern.compile("for module in ([\\w/ -]+);");
    private static final Pattern IMAGE_LIST = Pattern.compile("for image in ([a-z -]+);");
    private static final Pattern FILE = Pattern.compile("(?<![\\w/.*$}-])((?:\\./|\\.ci/|deploy/)[\\w./-]+)");

    private final Findings found = new Findings();

    private WorkflowCheck() {}

    static List<String> findings(String text) {
        WorkflowCheck check = new WorkflowCheck();
        JsonNode root = Sources.tree(text);
        check.permissions(root.path("permissions"));
        USES.matcher(text).results().forEach(it -> check.action(it.group(1), it.group(2)));
        root.path("jobs").properties().stream()
                .filter(job -> !job.getValue().has("uses"))
                .forEach(job -> check.job(job.getKey(), job.getValue()));
        return check.found.all();
    }

    private void permissions(JsonNode all) {
        found.unless(all.isObject(), "the workflow does not say what it may do");
        all.properties()
                .forEach(it ->
                        found.unless(it.getValue().asText().equals("read"), "every job may write %s", it.getKey()));
    }

    private void action(String uses, String comment) {
        if (uses.startsWith("./")) {
            found.unless(Files.exists(ROOT.resolve(uses).normalize()), "%s does not exist", uses);
        } else {
            found.unless(PINNED.matcher(uses).matches(), "%s is not pinned to a commit", uses);
            found.unless(comment.matches(" # v\\d+(?:\\.\\d+)*"), "%s has no version beside its commit", uses);
        }
    }

    private void job(String name, JsonNode job) {
        found.unless(job.has("timeout-minutes"), "%s may run for ever", name);
        String usual = job.at("/defaults/run/working-directory").asText(".");
        for (JsonNode step : job.path("steps")) {
            boolean keeps = text(step, "/uses").startsWith("actions/checkout@")
                    && !text(step, "/with/persist-credentials").equals("false");
            found.unless(!keeps, "%s leaves its token in the checkout", name);
            if (step.has("run")) {
                run(text(step, "/run"), step.path("working-directory").asText(usual));
            }
        }
        if (job.toString().contains("docker compose")) {
            Path folder = ROOT.resolve(usual);
            found.unless(Files.exists(folder.resolve("compose.yaml")), "%s: there is no %s/compose.yaml", name, usual);
            if (Files.exists(folder.resolve("compose.yaml"))) {
                compose(name, job, folder);
            }
        }
        if (job.toString().contains("--push")) {
            published(name, job);
        }
    }

    private void run(String script, String folder) {
        found.unless(!script.contains("${{"), "a script takes an expression as text: %s", script.strip());
        found.unless(Files.isDirectory(ROOT.resolve(folder)), "%s does not exist", folder);
        FILE.matcher(script).results().map(it -> it.group(1)).forEach(file -> {
            Path path = ROOT.resolve(folder).resolve(file).normalize();
            found.unless(Files.exists(path), "%s does not exist", file);
            boolean read = file.matches(".*\\.(?:md|Containerfile)");
            found.unless(read || !Files.isRegularFile(path) || Files.isExecutable(path), "%s cannot be run", file);
        });
        Set<String> modules = words(MODULE_LIST, script);
        TARGET.matcher(script).results().forEach(it -> modules.add(it.group(1)));
        for (String module : modules) {
            boolean there = Maven.isModule(module);
            found.unless(there, "%s is no module", module);
            boolean listed = !there
                    || !script.contains("-sbom.json")
                    || Sources.text(module + "/pom.xml").contains("cyclonedx-maven-plugin");
            found.unless(listed, "%s writes no bill of materials", module);
        }
        Maven.problems(script).forEach(it -> found.say("%s", it));
        // kubectl looks once, and fails when there is none yet: kubernetes/kubernetes#65868
        found.unless(!script.contains("kubectl wait pod"), "a script waits for pods that may not be there yet");
    }

    private static Set<String> words(Pattern list, String script) {
        return list.matcher(script)
                .results()
                .flatMap(it -> Stream.of(it.group(1).strip().split(" +")))
                .collect(toCollection(TreeSet::new));
    }

    /** What is published has been built and tested before, and says of which commit it is. */
    private void published(String name, JsonNode job) {
        String text = job.toString();
        boolean tested = texts(job.path("needs")).containsAll(Set.of("verify", "compose"));
        found.unless(tested, "%s publishes what nobody has tested", name);
        found.unless(text.contains("REVISION=$GITHUB_SHA"), "%s publishes images of no commit", name);
        boolean listed = text.contains("--sbom=true") && text.contains("docker buildx create --use");
        found.unless(listed, "%s publishes images without a bill of materials", name);
        List<String> images = items(job, "/strategy/matrix/build")
                .map(leg -> image(name, leg))
                .toList();
        boolean each = images.stream().sorted().toList().equals(List.copyOf(Images.all()));
        found.unless(each, "%s publishes %s, not each image once", name, images);
    }

    /** The image of a leg, which is of the kind that its tag says, and of a service with its port. */
    private String image(String name, JsonNode leg) {
        String module = text(leg, "/image");
        String suffix = text(leg, "/suffix");
        String image = "streampane/" + module + ":" + Images.version() + suffix;
        String file = text(leg, "/containerfile") + ".Containerfile";
        found.unless(Files.exists(ROOT.resolve("deploy/containers/" + file)), "%s: there is no %s", name, file);
        boolean kind = file.startsWith("native.") == suffix.equals("-native");
        found.unless(kind, "%s: %s does not make %s", name, file, image);
        Service.named(module).map(Ports::of).ifPresent(port -> {
            found.unless(leg.path("port").asInt() == port, "%s: %s listens on %d", name, module, port);
        });
        return image;
    }

    /** Variables of a job that runs Compose are Compose's, or ours. */
    private void compose(String name, JsonNode job, Path folder) {
        String env = Sources.text(folder.resolve(".env"));
        JsonNode variables = job.path("env");
        variables.fieldNames().forEachRemaining(it -> {
            boolean known = it.equals("COMPOSE_PROFILES") || env.contains("\n" + it + "=");
            found.unless(known, "%s: %s is not in .env", name, it);
        });
        Set<String> images = new TreeSet<>();
        Set<String> profiles = new TreeSet<>();
        for (Map.Entry<String, JsonNode> service :
                Sources.tree(folder.resolve("compose.yaml")).path("services").properties()) {
            images.addAll(service.getValue().has("build") ? Set.of(service.getKey()) : Set.of());
            profiles.addAll(texts(service.getValue().path("profiles")));
        }
        Set<String> built = words(IMAGE_LIST, job.toString());
        found.unless(built.equals(images), "%s: builds %s, not each image once", name, built);
        Set<String> seen = Set.of(text(variables, "/COMPOSE_PROFILES").split(","));
        found.unless(seen.equals(profiles), "%s: sees the profiles %s of %s", name, new TreeSet<>(seen), profiles);
        items(job, "/strategy/matrix/services").forEach(leg -> {
            String kind = text(leg, "/runtime");
            boolean made = text(leg, "/tag").equals(Images.version() + (kind.equals("jvm") ? "" : "-" + kind));
            found.unless(made, "%s: %s does not make the tag %s", name, kind, text(leg, "/tag"));
        });
    }
}
