// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.job;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sources of options: arguments override the environment, which overrides the file. Checks the names; the options check their values.
 *
 * @param options those of the job
 * @param all those of all jobs
 */
record OptionSources(String job, List<JobOption<?>> options, List<JobOption<?>> all) {

    private static final Logger LOG = LoggerFactory.getLogger(OptionSources.class);
    private static final String ENVIRONMENT_PREFIX = "STREAMPANE_";
    private static final String CONFIG_FILE = "config";

    /** Prefix of an option's name in an argument: jobs without that option ignore it. */
    private static final String ANY = "any.";

    /**
     * The given values, by the names of options and of {@code kafka.*} properties.
     *
     * @throws BadOptionException for a name that no option has, one that is given twice, or a file that cannot be read
     */
    Map<String, String> asked(List<String> args, Map<String, String> environment) {
        Map<String, String> fromArgs = arguments(args);
        Map<String, String> fromEnvironment = environment(environment);
        String file = fromArgs.getOrDefault(CONFIG_FILE, fromEnvironment.get(CONFIG_FILE));
        Map<String, String> asked = new LinkedHashMap<>();
        if (file != null) {
            asked.putAll(file(file));
        }
        asked.putAll(fromEnvironment);
        asked.putAll(fromArgs);
        asked.remove(CONFIG_FILE);
        return asked;
    }

    private Map<String, String> arguments(List<String> args) {
        Map<String, String> found = new LinkedHashMap<>();
        for (int i = 0; i < args.size(); i++) {
            String argument = args.get(i);
            if (!argument.startsWith("--") || argument.length() == 2) {
                throw new BadOptionException(
                        "'%s' is not allowed here; allowed are options as --name value or --name=value"
                                .formatted(BadOptionException.shown(argument)));
            }
            int equals = argument.indexOf('=');
            String given = argument.substring(2, equals < 0 ? argument.length() : equals);
            boolean ofAny = given.startsWith(ANY);
            String name = ofAny ? given.substring(ANY.length()) : given;
            Optional<JobOption<?>> option = find(all, name);
            boolean ofOthers = option.isPresent() && find(options, name).isEmpty();
            if (!known(name) || ofOthers && !ofAny) {
                throw unknown("--" + name, job, options);
            }
            if (equals < 0 && (i + 1 == args.size() || args.get(i + 1).startsWith("--"))) {
                throw new BadOptionException("--%s: the value is missing; allowed is %s"
                        .formatted(name, option.map(o -> o.type().allowed()).orElse("a text")));
            }
            String value = equals < 0 ? args.get(++i) : argument.substring(equals + 1);
            KafkaProperties.checkArgument(name, value);
            if (!ofOthers && found.put(name, value) != null) {
                throw new BadOptionException("--" + name + ": given twice; allowed is once");
            }
        }
        return found;
    }

    private Map<String, String> environment(Map<String, String> environment) {
        Map<String, String> found = new TreeMap<>();
        environment.forEach((variable, value) -> {
            if (!variable.startsWith(ENVIRONMENT_PREFIX)) {
                return;
            }
            String name = variable.substring(ENVIRONMENT_PREFIX.length()).toLowerCase(Locale.ROOT);
            String option = name.replace('_', '-');
            String property = name.replace('_', '.');
            if (known(option)) {
                found.put(option, value);
            } else if (property.startsWith(KafkaProperties.PREFIX)) {
                found.put(property, value);
            } else {
                LOG.warn("Variable is no option of a job and is ignored, name={}", variable);
            }
        });
        return found;
    }

    private Map<String, String> file(String name) {
        Map<String, String> found = new TreeMap<>();
        Properties properties = new Properties() {

            @Override
            public synchronized Object put(Object key, Object value) {
                if (found.put((String) key, ((String) value).strip()) != null) {
                    throw new BadOptionException("--config: '%s' holds '%s' twice; allowed is once"
                            .formatted(BadOptionException.shown(name), key));
                }
                return null;
            }
        };
        try (BufferedReader reader = Files.newBufferedReader(Path.of(name))) {
            properties.load(reader);
        } catch (BadOptionException e) {
            throw e;
        } catch (IOException | IllegalArgumentException e) { // no path, no UTF-8, a broken \\u escape
            throw new BadOptionException("--config: '%s' cannot be read (%s); allowed is a properties file in UTF-8"
                    .formatted(BadOptionException.shown(name), e.getClass().getSimpleName()));
        }
        for (String key : found.keySet()) {
            if (!known(key) || key.equals(CONFIG_FILE)) {
                throw unknown("'" + key + "' in " + BadOptionException.shown(name), "the jobs", all);
            }
        }
        return found;
    }

    private boolean known(String name) {
        return name.equals(CONFIG_FILE) || find(all, name).isPresent() || name.startsWith(KafkaProperties.PREFIX);
    }

    private static Optional<JobOption<?>> find(List<JobOption<?>> options, String name) {
        return options.stream().filter(option -> option.name().equals(name)).findFirst();
    }

    private static BadOptionException unknown(String what, String whose, List<JobOption<?>> allowed) {
        String names = allowed.stream().map(JobOption::name).collect(Collectors.joining(" "));
        return new BadOptionException("%s is no option of %s; allowed are %s %s %s*"
                .formatted(BadOptionException.shown(what), whose, names, CONFIG_FILE, KafkaProperties.PREFIX));
    }
}
