// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.facts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.smallrye.config.common.utils.StringUtil;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The {@code quarkus.*} settings of an application's extensions, as their jars describe them. */
final class QuarkusKeys {

    private static final String MODEL = "META-INF/quarkus-config-doc/quarkus-config-model.json";
    private static final Pattern JAR = Pattern.compile("io\\.quarkus\\.(quarkus-.+)-(\\d[\\w.]*)\\.jar");
    private static final Path REPOSITORY = repository();
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<SettingName> runTime = new ArrayList<>();
    private final List<SettingName> buildTime = new ArrayList<>();

    private QuarkusKeys() {}

    /** The settings of every extension below the application's {@code lib}. */
    static QuarkusKeys of(Path quarkusApp) {
        QuarkusKeys keys = new QuarkusKeys();
        try (var files = Files.walk(quarkusApp.resolve("lib"))) {
            for (Path jar :
                    files.filter(file -> file.toString().endsWith(".jar")).toList()) {
                keys.read(jar);
                Path deployment = deployment(jar.getFileName().toString());
                if (Files.exists(deployment)) {
                    keys.read(deployment);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return keys;
    }

    /** The jar that an extension's build runs, from Maven's repository: it describes what only a build looks at. */
    private static Path deployment(String jar) {
        String name = JAR.matcher(jar).replaceAll("io/quarkus/$1-deployment/$2/$1-deployment-$2.jar");
        return REPOSITORY.resolve(name);
    }

    private void read(Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            ZipEntry model = zip.getEntry(MODEL);
            if (model != null) {
                read(JSON.readTree(zip.getInputStream(model)).get("configRoots"));
            }
        }
    }

    private static Path repository() {
        try {
            Path jar = Path.of(StringUtil.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            Path ofGroup = jar.resolve("../../..").normalize(); // artifact, version, jar
            return ofGroup.resolve("../../..").normalize();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Settings that are looked at when the application starts. */
    List<SettingName> runTime() {
        return runTime;
    }

    /** Settings that an application's build has fixed. */
    List<SettingName> buildTime() {
        return buildTime;
    }

    private void read(JsonNode items) {
        for (JsonNode item : items) {
            if (item.has("items")) {
                read(item.get("items"));
            } else if (item.has("path")) {
                List<SettingName> names = item.get("phase").asText().equals("RUN_TIME") ? runTime : buildTime;
                names.add(new SettingName(item.at("/path/property").asText()));
                item.path("additionalPaths")
                        .forEach(path ->
                                names.add(new SettingName(path.get("property").asText())));
            }
        }
    }
}
