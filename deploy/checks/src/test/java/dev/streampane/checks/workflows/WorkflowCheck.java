// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.workflows;

import static dev.streampane.checks.facts.Sources.items;
import static dev.streampane.checks.facts.Sources.text;
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

/** What a workflow names of this project that is not there: files, modules, images, ports, and what Compose has. */
final class WorkflowCheck {

    private static final Path ROOT = Checkout.root();
    private static final Pattern LOCAL = Pattern.compile("uses: (\\./\\S+)");
    private static final Pattern TARGET = Pattern.compile("(?<![$\\w/-])([\\w/-]+)/target/");
    private static final Pattern MODULE_LIST = Pattern.compile("for module in ([\\w/ -]+);");
    private static final Pattern IMAGE_LIST = Pattern.compile("for image in ([a-z -]+);");
    private static final Pattern FILE = Pattern.compile("(?<![\\w/.*$}-])((?:\\./|\\.ci/|deploy/)[\\w./-]+)");

    private final Findings found = new Findings();

    private WorkflowCheck() {}

    static List<String> findings(String text) {
        WorkflowCheck check = new WorkflowCheck();
        LOCAL.matcher(text).results().map(it -> it.group(1)).forEach(it -> check.exists(ROOT.resolve(it), it));
        Sources.tree(text).path("jobs").properties().forEach(job -> check.job(job.getKey(), job.getValue()));
        return check.found.all();
    }

    private void exists(Path path, String name) {
        found.unless(Files.exists(path.normalize()), "%s does not exist", name);
    }

    private void job(String name, JsonNode job) {
        String usual = job.at("/defaults/run/working-directory").asText(".");
        for (JsonNode step : job.path("steps")) {
            Path folder = ROOT.resolve(step.path("working-directory").asText(usual));
            run(text(step, "/run"), folder);
        }
        if (job.toString().contains("docker compose")
                && Files.exists(ROOT.resolve(usual).resolve("compose.yaml"))) {
            compose(name, job, ROOT.resolve(usual));
        }
        if (job.toString().contains("--push")) {
            published(name, job);
        }
    }

    private void run(String script, Path folder) {
        FILE.matcher(script).results().map(it -> it.group(1)).forEach(file -> exists(folder.resolve(file), file));
        Set<String> modules = words(MODULE_LIST, script);
        TARGET.matcher(script).results().forEach(it -> modules.add(it.group(1)));
        modules.forEach(module -> found.unless(Maven.isModule(module), "%s is no module", module));
        Maven.problems(script).forEach(it -> found.say("%s", it));
    }

    private static Set<String> words(Pattern list, String script) {
        return list.matcher(script)
                .results()
                .flatMap(it -> Stream.of(it.group(1).strip().split(" +")))
                .collect(toCollection(TreeSet::new));
    }

    private void published(String name, JsonNode job) {
        List<String> images = items(job, "/strategy/matrix/build")
                .map(leg -> image(name, leg))
                .sorted()
                .toList();
        found.unless(images.equals(List.copyOf(Images.all())), "%s publishes %s, not each image once", name, images);
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
        Set<String> images = Sources.tree(folder.resolve("compose.yaml")).path("services").properties().stream()
                .filter(service -> service.getValue().has("build"))
                .map(Map.Entry::getKey)
                .collect(toCollection(TreeSet::new));
        Set<String> built = words(IMAGE_LIST, job.toString());
        found.unless(built.equals(images), "%s: builds %s, not each image once", name, built);
        items(job, "/strategy/matrix/services").forEach(leg -> {
            String kind = text(leg, "/runtime");
            boolean made = text(leg, "/tag").equals(Images.version() + (kind.equals("jvm") ? "" : "-" + kind));
            found.unless(made, "%s: %s does not make the tag %s", name, kind, text(leg, "/tag"));
        });
    }
}
