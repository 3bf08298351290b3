import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/** The only files that may turn an unbranded value into a branded one. */
const BRAND_MINTS = [
  'src-shared/domain/ids.ts',
  'src-shared/domain/money.ts',
  // The sole maker of RiskApproved.
  'src-main/engine/risk/risk-guard.ts',
];
const TOOL_CONFIGS = [
  '*.config.{ts,js}',
  '.dependency-cruiser.cjs',
  'src-main/hosts/electron/resources/after-pack.mjs',
];

const NO_DEFAULT_EXPORT = [
  { selector: 'ExportDefaultDeclaration', message: 'Export by name.' },
  { selector: "ExportSpecifier[exported.name='default']", message: 'Export by name.' },
];
const NO_ASSERTION = [
  {
    selector:
      "TSAsExpression:not([typeAnnotation.type='TSTypeReference'][typeAnnotation.typeName.name='const']), TSTypeAssertion",
    message: 'No type assertion: narrow, parse, or mint the brand where brands are minted.',
  },
];
const NO_BARREL = [{ selector: 'ExportAllDeclaration', message: 'No barrels: import from the module itself.' }];
const NO_CLOCK = [
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Time arrives on the input.' },
  { selector: "CallExpression[callee.name='Date']", message: 'Time arrives on the input.' },
  { selector: "MemberExpression[object.name='Date'][property.name='now']", message: 'Time arrives on the input.' },
  { selector: "MemberExpression[object.name='performance']", message: 'Time arrives on the input.' },
  { selector: "MemberExpression[object.name='Math'][property.name='random']", message: 'Chance arrives on the input.' },
  { selector: "MemberExpression[object.name='crypto']", message: 'Ids arrive on the input.' },
];
const EVERYWHERE = [...NO_DEFAULT_EXPORT, ...NO_BARREL];

export default defineConfig(
  globalIgnores(['out', 'dist', 'coverage', 'test-results', 'playwright-report', 'node_modules']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{ts,tsx,mjs}'],
    extends: [js.configs.recommended, tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'no-undef': 'off', // The compiler knows.
      eqeqeq: 'error',
      'no-console': 'error',
      'no-restricted-imports': ['error', { patterns: [{ regex: '\\.\\./\\.\\./', message: 'Import by subpath.' }] }],
      'no-restricted-syntax': ['error', ...EVERYWHERE, ...NO_ASSERTION],
      // `type` and `interface` both have their place; unions and intersections want `type`.
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      // A number in a template is the same text as String(number).
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    files: ['src-shared/domain/**/*.ts', 'src-main/engine/**/*.ts'],
    ignores: BRAND_MINTS,
    rules: { 'no-restricted-syntax': ['error', ...EVERYWHERE, ...NO_ASSERTION, ...NO_CLOCK] },
  },
  { files: BRAND_MINTS, rules: { 'no-restricted-syntax': ['error', ...EVERYWHERE, ...NO_CLOCK] } },
  { files: ['test/**'], rules: { 'no-restricted-syntax': ['error', ...EVERYWHERE] } },
  { files: ['src-main/cli/**', 'src-main/launch/**', 'test/bench/**'], rules: { 'no-console': 'off' } },
  {
    // No schema library before anything is installed: JSON is taken as its JSDoc says.
    files: ['**/*.mjs'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  { files: TOOL_CONFIGS, rules: { 'no-restricted-syntax': 'off' } },
  { files: ['src-renderer/**/*.{ts,tsx}'], extends: [reactHooks.configs.flat.recommended] },
);
