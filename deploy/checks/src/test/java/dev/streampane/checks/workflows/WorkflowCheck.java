// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.workflows;

import static java.util.stream.Collectors.toCollection;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.checks.facts.Images;
import dev.streampane.checks.facts.Maven;
import dev.streampane.checks.facts.Ports;
import dev.streampane.checks.facts.Service;
import dev.streampane.checks.facts.Sources;
import dev.streampane.local.server.Checkout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
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

    private final String text;
    private final JsonNode root;
    private final List<String> findings = new ArrayList<>();

    private WorkflowCheck(String text) {
        this.text = text;
        this.root = Sources.tree(text);
    }

    static List<String> findings(String text) {
        WorkflowCheck check = new WorkflowCheck(text);
        check.permissions();
        check.actions();
        check.root.path("jobs").properties().forEach(job -> check.job(job.getKey(), job.getValue()));
        return check.findings;
    }

    private void permissions() {
        JsonNode all = root.path("permissions");
        if (!all.isObject()) {
            findings.add("the workflow does not say what it may do");
        }
        all.properties().forEach(entry -> {
            if (!entry.getValue().asText().equals("read")) {
                findings.add("every job may write " + entry.getKey());
            }
        });
    }

    private void actions() {
        for (MatchResult uses : USES.matcher(text).results().toList()) {
            if (uses.group(1).startsWith("./")) {
                if (!Files.exists(ROOT.resolve(uses.group(1)).normalize())) {
                    findings.add(uses.group(1) + " does not exist");
                }
            } else if (!PINNED.matcher(uses.group(1)).matches()) {
                findings.add(uses.group(1) + " is not pinned to a commit");
            } else if (!uses.group(2).matches(" # v\\d+(?:\\.\\d+)*")) {
                findings.add(uses.group(1) + " has no version beside its commit");
            }
        }
    }

    private void job(String name, JsonNode job) {
        if (job.has("uses")) {
            return;
        }
        if (!job.has("timeout-minutes")) {
            findings.add(name + " may run for ever");
        }
        String usual = job.at("/defaults/run/working-directory").asText(".");
        for (JsonNode step : job.path("steps")) {
            if (step.path("uses").asText().startsWith("actions/checkout@")
                    && !step.at("/with/persist-credentials").asText().equals("false")) {
                findings.add(name + " leaves its token in the checkout");
            }
            if (step.has("run")) {
                run(step.path("run").asText(), step.path("working-directory").asText(usual));
            }
        }
        variables(name, (ObjectNode) job, usual);
        published(name, job);
    }

    private void run(String script, String folder) {
        if (script.contains("${{")) {
            findings.add("a script takes an expression as text: " + script.strip());
        }
        if (!Files.isDirectory(ROOT.resolve(folder))) {
            findings.add(folder + " does not exist");
        }
        for (MatchResult file : FILE.matcher(script).results().toList()) {
            Path path = ROOT.resolve(folder).resolve(file.group(1)).normalize();
            if (!Files.exists(path)) {
                findings.add(file.group(1) + " does not exist");
            } else if (Files.isRegularFile(path) && !Files.isExecutable(path)) {
                findings.add(file.group(1) + " cannot be run");
            }
        }
        Set<String> modules = new TreeSet<>();
        TARGET.matcher(script).results().forEach(module -> modules.add(module.group(1)));
        MODULE_LIST
                .matcher(script)
                .results()
                .forEach(list -> modules.addAll(List.of(list.group(1).strip().split(" +"))));
        for (String module : modules) {
            if (!Maven.isModule(module)) {
                findings.add(module + " is no module");
            } else if (script.contains("-sbom.json")
                    && !Sources.text(ROOT.resolve(module).resolve("pom.xml")).contains("cyclonedx-maven-plugin")) {
                findings.add(module + " writes no bill of materials");
            }
        }
        Maven.problems(script).forEach(findings::add);
    }

    /** What is published has been built and tested before, and says of which commit it is. */
    private void published(String name, JsonNode job) {
        String text = job.toString();
        if (!text.contains("--push")) {
            return;
        }
        if (!Sources.texts(job.path("needs")).containsAll(Set.of("verify", "native"))) {
            findings.add(name + " publishes what nobody has tested");
        }
        if (!text.contains("REVISION=$GITHUB_SHA")) {
            findings.add(name + " publishes images of no commit");
        }
        if (!text.contains("--sbom=true") || !text.contains("docker buildx create --use")) {
            findings.add(name + " publishes images without a bill of materials");
        }
        List<String> published = Sources.items(job.at("/strategy/matrix/build"))
                .map(leg -> image(name, leg))
                .toList();
        if (!published.stream().sorted().toList().equals(List.copyOf(Images.all()))) {
            findings.add(name + " publishes " + published + ", not each image once");
        }
    }

    /** The image of a leg, which is of the kind that its tag says, and of a service with its port. */
    private String image(String name, JsonNode leg) {
        String module = leg.path("image").asText();
        String suffix = leg.path("suffix").asText();
        String image = "streampane/" + module + ":" + Images.version() + suffix;
        String file = leg.path("containerfile").asText();
        if (!Files.exists(ROOT.resolve("deploy/containers/" + file + ".Containerfile"))) {
            findings.add(name + ": there is no " + file + ".Containerfile");
        }
        if (file.equals("native") != suffix.equals("-native")) {
            findings.add(name + ": " + file + ".Containerfile does not make " + image);
        }
        Service.named(module)
                .filter(service -> leg.path("port").asInt() != Ports.of(service))
                .ifPresent(service -> findings.add(name + ": " + module + " listens on " + Ports.of(service)));
        return image;
    }

    /** Variables of a job that runs Compose are Compose's, or ours. */
    private void variables(String name, ObjectNode job, String folder) {
        if (!job.toString().contains("docker compose")) {
            return;
        }
        Path defaults = ROOT.resolve(folder).resolve(".env");
        String env = Files.exists(defaults) ? Sources.text(defaults) : "";
        job.path("env").fieldNames().forEachRemaining(variable -> {
            if (!variable.equals("COMPOSE_PROFILES") && !env.contains("\n" + variable + "=")) {
                findings.add(name + ": " + variable + " is not in .env");
            }
        });
        Matcher images = IMAGE_LIST.matcher(job.toString());
        Set<String> built = new TreeSet<>();
        while (images.find()) {
            built.addAll(List.of(images.group(1).strip().split(" +")));
        }
        if (!built.equals(images(folder))) {
            findings.add(name + ": builds " + built + ", not each image once");
        }
        Set<String> seen =
                new TreeSet<>(List.of(job.at("/env/COMPOSE_PROFILES").asText().split(",")));
        if (!seen.equals(profiles(folder))) {
            findings.add(name + ": sees the profiles " + seen + " of " + profiles(folder));
        }
        String tag = job.at("/env/SERVICES_TAG").asText();
        if (!tag.isEmpty() && !Images.exists("streampane/results-api:" + tag)) {
            findings.add(name + ": there is no image with the tag " + tag);
        }
    }

    /** The services of Compose that build their images. */
    private static Set<String> images(String folder) {
        return services(folder)
                .filter(service -> service.getValue().has("build"))
                .map(Map.Entry::getKey)
                .collect(toCollection(TreeSet::new));
    }

    private static Set<String> profiles(String folder) {
        return services(folder)
                .flatMap(service -> Sources.texts(service.getValue().path("profiles")).stream())
                .collect(toCollection(TreeSet::new));
    }

    private static Stream<Map.Entry<String, JsonNode>> services(String folder) {
        Path compose = ROOT.resolve(folder).resolve("compose.yaml");
        return Files.exists(compose) ? Sources.tree(compose).path("services").properties().stream() : Stream.empty();
    }
}
