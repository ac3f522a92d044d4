// Who is calling: verifies tokens, recognises agents and people.
export { authenticateAgent, authenticateHuman } from './authenticate.ts';
export {
  type ProvenAgent,
  type ProvenHuman,
  TOKEN_PROBLEMS,
  type TokenProblem,
  TokenRefused,
} from './model.ts';
export { type IssuerRules, tokenHash, verifyToken } from './verify-token.ts';
